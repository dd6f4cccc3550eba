import TestSupport
import Testing

@testable import FleetEngine

/// The running sums of decode energy against rows that are paid booking by booking.
struct DecodeEnergySharesTests {
  private struct Row {
    var base: Int
    var joined: DecodeEnergyShares.Mark
    var paid: Int128 = 0
  }

  /// Rows that join and leave, each paid by itself what the rule gives it.
  private struct Ledger {
    var shares = DecodeEnergyShares()
    var rows: [Row] = []
    var iteration = 0
    var carry: (shared: Int128, own: Int128) = (0, 0)
    var pending: (shared: Int128, own: Int128, first: Int) = (0, 0, 1)

    mutating func draw(shared: Int128, own: Int128, iterations: Int) {
      shares.add(sharedQuanta: shared, ownQuanta: own, iterations: iterations)
      pending.shared += shared
      pending.own += own
      iteration += iterations
    }

    mutating func book() {
      guard iteration >= pending.first else { return }
      let attended = rows.map { row in
        (pending.first...iteration).reduce(Int128(0)) { $0 + Int128(row.base + $1) }
      }
      let shared = pending.shared + carry.shared
      let own = pending.own + carry.own
      let perRow = shared / Int128(rows.count)
      let perToken = own / attended.reduce(0, +)
      for index in rows.indices { rows[index].paid += perRow + perToken * attended[index] }
      carry.shared = shared - perRow * Int128(rows.count)
      carry.own = own - perToken * attended.reduce(0, +)
      pending = (0, 0, iteration + 1)
      shares.book(
        rows: rows.count, baseSum: rows.reduce(0) { $0 + $1.base }, last: iteration)
    }
  }

  @Test func `a row has borne what it would have been paid row by row`() {
    forEverySeed(80) { seed, random in
      var ledger = Ledger()
      var (drawn, settled): (Int128, Int128) = (0, 0)
      for _ in 0..<60 {
        if ledger.rows.isEmpty || random.oneIn(3) {
          ledger.book()
          let context = Int.random(in: 1...200, using: &random)
          ledger.rows.append(
            Row(base: context - ledger.iteration, joined: ledger.shares.mark))
        }
        let shared = Int128.random(in: 0...1_000_000_000_000_000_000_000, using: &random)
        let own = Int128.random(in: 0...1_000_000_000_000_000, using: &random)
        ledger.draw(
          shared: shared, own: own, iterations: Int.random(in: 1...9, using: &random))
        drawn += shared + own
        guard random.oneIn(3) else { continue }
        ledger.book()
        for row in ledger.rows {
          let borne = ledger.shares.borne(since: row.joined, base: row.base)
          #expect(borne == row.paid, "seed \(seed)")
        }
        #expect(
          ledger.shares.unborneQuanta == ledger.carry.shared + ledger.carry.own, "seed \(seed)")
        settled +=
          ledger.rows.remove(
            at: Int.random(in: ledger.rows.indices, using: &random)
          ).paid
      }
      ledger.book()
      let borne = ledger.rows.reduce(settled) { $0 + $1.paid }
      #expect(borne + ledger.shares.takeRest() == drawn, "seed \(seed)")
      #expect(ledger.shares.unborneQuanta == 0, "seed \(seed)")
    }
  }
}
