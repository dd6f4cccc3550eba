import Testing

@testable import Sweeps

struct SweepEffectsTests {
  private static let figure = 0

  /// `value` of every combination of two axes, in two replications.
  private static func table(
    _ a: [String], _ b: [String], _ value: (Int, Int, Int) -> Double?
  ) -> SweepTable {
    var rows: [SweepTable.Row] = []
    for (i, x) in a.enumerated() {
      for (j, y) in b.enumerated() {
        for replication in 0..<2 {
          var values = [Double?](repeating: nil, count: SweepFigure.all.count)
          values[figure] = value(i, j, replication)
          rows.append(
            SweepTable.Row(
              point: i * b.count + j, replication: replication, settings: [x, y], policy: "p",
              values: values))
        }
      }
    }
    return SweepTable(axes: ["a", "b"], rows: rows)
  }

  @Test func `a main effect is the mean over all else, with an interval over replications`() throws
  {
    let table = Self.table(["1", "2"], ["x", "y"]) { i, j, r in
      Double(10 * i + j) + (r == 0 ? -1 : 1)
    }
    let effects = table.mainEffects(of: 0, on: Self.figure)
    #expect(effects.map(\.label) == ["1", "2"])
    #expect(effects.map(\.position) == [1, 2])
    #expect(effects.map(\.mean) == [0.5, 10.5])
    // Two replications, a deviation of 1 each: Student's t for one degree of freedom is 12.706.
    let interval = try #require(effects[0].interval)
    #expect(abs(interval.upperBound - (0.5 + 12.7062)) < 1e-3)
    #expect(table.mainEffects(of: 1, on: Self.figure).map(\.position) == [nil, nil])
  }

  @Test func `a heat map has a mean for each pair of values`() {
    let table = Self.table(["1", "2"], ["x", "y", "z"]) { i, j, r in Double(10 * i + j + r) }
    let cells = table.heat(across: 0, up: 1, figure: Self.figure)
    #expect(cells.count == 6)
    #expect(cells.map(\.mean) == [0.5, 1.5, 2.5, 10.5, 11.5, 12.5])
    #expect(cells[4].across == "2" && cells[4].up == "y")
  }

  @Test func `many numbers stand together in equal parts, in order`() {
    let values = (0..<48).map { "\(47 - $0)" }
    let table = Self.table(values, ["x"]) { i, _, _ in Double(47 - i) }
    let effects = table.mainEffects(of: 0, on: Self.figure)
    #expect(effects.count == SweepTable.mostLevels)
    #expect(effects.first?.label == "0 to 3")
    #expect(effects.last?.label == "44 to 47")
    #expect(effects.first?.mean == 1.5)
  }

  @Test func `a figure that is nowhere defined varies nowhere`() {
    let table = Self.table(["1", "2"], ["x"]) { _, _, _ in nil }
    #expect(!table.varies(Self.figure))
    #expect(table.mainEffects(of: 0, on: Self.figure).isEmpty)
  }
}
