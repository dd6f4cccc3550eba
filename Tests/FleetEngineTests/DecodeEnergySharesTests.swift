import Quantities
import TestSupport
import Testing

@testable import FleetEngine

/// The running sums of decode energy against rows that are paid iteration by iteration.
struct DecodeEnergySharesTests {
  private struct Row {
    var base: Int
    var joined: DecodeEnergyShares.Mark
    var paid: Int128 = 0
  }

  @Test func `a row has borne what it would have been paid row by row`() {
    forEverySeed(80) { seed, random in
      var shares = DecodeEnergyShares()
      var rows: [Row] = []
      var (drawn, settled): (Int128, Int128) = (0, 0)
      var (rowCarry, tokenCarry): (Int128, Int128) = (0, 0)
      for iteration in 1...80 {
        if rows.isEmpty || random.oneIn(3) {
          let context = Int.random(in: 1...200, using: &random)
          rows.append(Row(base: context - iteration, joined: shares.mark))
        }
        let contexts = rows.map { Int128($0.base + iteration) }
        let tokens = contexts.reduce(0, +)
        let shared = Int128.random(in: 0...1_000_000_000_000_000_000_000, using: &random)
        let own = Int128.random(in: 0...1_000_000_000_000_000, using: &random)
        shares.add(
          shared: Energy(quanta: shared), own: Energy(quanta: own), rows: rows.count,
          tokens: Int(tokens), iteration: iteration)
        drawn += shared + own
        let perRow = (shared + rowCarry) / Int128(rows.count)
        let perToken = (own + tokenCarry) / tokens
        rowCarry += shared - perRow * Int128(rows.count)
        tokenCarry += own - perToken * tokens
        for index in rows.indices { rows[index].paid += perRow + perToken * contexts[index] }
        for row in rows {
          #expect(
            shares.borne(since: row.joined, base: row.base).quanta == row.paid, "seed \(seed)")
        }
        #expect(shares.carried.quanta == rowCarry + tokenCarry, "seed \(seed)")
        if random.oneIn(4) {
          let row = rows.remove(at: Int.random(in: rows.indices, using: &random))
          settled += shares.borne(since: row.joined, base: row.base).quanta
        }
      }
      let borne = rows.reduce(settled) {
        $0 + shares.borne(since: $1.joined, base: $1.base).quanta
      }
      #expect(borne + shares.takeCarried().quanta == drawn, "seed \(seed)")
      #expect(shares.carried == .zero, "seed \(seed)")
    }
  }
}
