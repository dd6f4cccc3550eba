import Quantities
import TestSupport
import Testing

@testable import FleetEngine

/// The ring buffer against an array.
struct WaitingQueueTests {
  private func item(_ request: Int32) -> WaitingItem {
    WaitingItem(
      request: RequestReference(slot: request, generation: 0), sample: -1, tokens: 1)
  }

  @Test func `keeps the order of an array through every mix of operations`() {
    forEverySeed(80) { seed, random in
      var queue = WaitingQueue()
      var array: [Int32] = []
      // Some cases mostly grow, others mostly stay short and go round the ring.
      let growth = Int.random(in: 2...6, using: &random)
      for number in 0..<Int32(400) {
        if random.oneIn(growth), !array.isEmpty {
          queue.removeFirst()
          array.removeFirst()
        } else if random.oneIn(3) {
          queue.prepend(item(number))
          array.insert(number, at: 0)
        } else {
          queue.append(item(number))
          array.append(number)
        }
        #expect(queue.count == array.count, "seed \(seed)")
        #expect(queue.front?.request.slot == array.first, "seed \(seed)")
      }
      while let next = array.first {
        #expect(queue.front?.request.slot == next, "seed \(seed)")
        queue.removeFirst()
        array.removeFirst()
      }
      #expect(queue.front == nil, "seed \(seed)")
    }
  }

  @Test func `gives out by rank what came by rank, behind what was put back`() {
    forEverySeed(40) { seed, random in
      var queue = WaitingQueue()
      var ranks: [QueueRank] = []
      for number in 0..<Int32(60) {
        let rank = QueueRank(
          urgency: Int.random(in: 0...3, using: &random),
          arrival: SimTime(ticks: Int128.random(in: 0...3, using: &random)),
          id: UInt64(number), sample: 0)
        queue.insert(item(number), rank: rank)
        ranks.append(rank)
      }
      queue.prepend(item(99))
      #expect(queue.front?.request.slot == 99, "seed \(seed)")
      queue.removeFirst()
      for rank in ranks.sorted() {
        #expect(queue.front?.request.slot == Int32(rank.id), "seed \(seed)")
        queue.removeFirst()
      }
      #expect(queue.count == 0)
    }
  }

  @Test func `stores little more than what waits, whoever is given up`() {
    forEverySeed(40) { seed, random in
      var queue = WaitingQueue()
      var alive: [Int32] = []
      for number in 0..<Int32(600) {
        // Long prompts wait behind short ones until they are given up: they never come first.
        if random.oneIn(2) {
          queue.append(item(number))
        } else {
          let rank = QueueRank(
            urgency: Int.random(in: 0...9, using: &random), arrival: .zero, id: UInt64(number),
            sample: 0)
          queue.insert(item(number), rank: rank)
        }
        alive.append(number)
        while alive.count > 20 || !alive.isEmpty && random.oneIn(2) {
          alive.remove(at: Int.random(in: alive.indices, using: &random))
          queue.giveUp(items: 1)
        }
        queue.compact { alive.contains($0.slot) }
        #expect(queue.count == alive.count, "seed \(seed)")
        #expect(queue.storedCount <= 2 * alive.count + 16, "seed \(seed)")
      }
      var left: [Int32] = []
      while queue.count > 0 {
        queue.settle { alive.contains($0.slot) }
        if let first = queue.front { left.append(first.request.slot) }
        queue.removeFirst()
      }
      #expect(left.sorted() == alive, "seed \(seed)")
    }
  }

  @Test func `items of requests that were given up are dropped when they come to the front`() {
    var queue = WaitingQueue()
    for number in 0..<Int32(6) { queue.append(item(number)) }
    queue.giveUp(items: 3)
    #expect(queue.count == 3)
    let alive: Set<Int32> = [2, 4, 5]
    for expected in [Int32(2), 4, 5] {
      queue.settle { alive.contains($0.slot) }
      #expect(queue.front?.request.slot == expected)
      queue.removeFirst()
    }
    queue.settle { alive.contains($0.slot) }
    #expect(queue.front == nil)
  }
}
