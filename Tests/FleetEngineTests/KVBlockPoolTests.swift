import TestSupport
import Testing

@testable import FleetEngine

/// The block pool's histogram of phases against rows that are counted one by one.
struct KVBlockPoolTests {
  @Test func `knows how many rows need a block in any iteration`() {
    forEverySeed(60) { seed, random in
      let tokensPerBlock = Int.random(in: 1...17, using: &random)
      var pool = KVBlockPool(total: 1_000, tokensPerBlock: tokensPerBlock)
      var bases: [Int] = []
      for iteration in 1...60 {
        if random.oneIn(2) {
          // Rows that join late have negative bases.
          let base = Int.random(in: -100...100, using: &random)
          pool.addRow(base: base)
          bases.append(base)
        }
        if random.oneIn(3), let base = bases.randomElement(using: &random) {
          pool.removeRow(base: base)
          bases.remove(at: bases.firstIndex(of: base) ?? 0)
        }
        // The row's token of this iteration has the position base + iteration - 1.
        let needy = bases.filter { ($0 + iteration - 1) % tokensPerBlock == 0 }.count
        #expect(pool.newBlocks(inIteration: iteration) == needy, "seed \(seed)")
      }
    }
  }

  @Test func `held and free blocks add up to all`() {
    forEverySeed(20) { seed, random in
      var pool = KVBlockPool(total: 50, tokensPerBlock: 16)
      var held: [Int] = []
      for _ in 0..<200 {
        if random.oneIn(2) {
          let count = Int.random(in: 0...pool.free, using: &random)
          pool.allocate(count)
          held.append(count)
        } else if let count = held.popLast() {
          pool.release(count)
        }
        #expect(pool.used == held.reduce(0, +), "seed \(seed)")
        #expect(pool.used + pool.free == 50, "seed \(seed)")
      }
    }
  }

  @Test func `rounds tokens up to whole blocks`() {
    for tokensPerBlock in 1...20 {
      let pool = KVBlockPool(total: 1, tokensPerBlock: tokensPerBlock)
      for tokens in 0...100 {
        let blocks = pool.blocks(forTokens: tokens)
        #expect(blocks * tokensPerBlock >= tokens)
        #expect((blocks - 1) * tokensPerBlock < tokens)
      }
    }
  }

  @Test func `stops a run that takes more blocks than are free or frees more than are held`() async
  {
    await #expect(processExitsWith: .failure) {
      var pool = KVBlockPool(total: 3, tokensPerBlock: 16)
      pool.allocate(4)
    }
    await #expect(processExitsWith: .failure) {
      var pool = KVBlockPool(total: 3, tokensPerBlock: 16)
      pool.allocate(2)
      pool.release(3)
    }
  }
}
