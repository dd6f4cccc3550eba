import Testing

@testable import Reports
@testable import Sweeps

struct SweepChartTests {
  /// Shares of requests in time at two and four replicas, of two replications each.
  private func table(_ shares: [(settings: String, value: Double)]) -> SweepTable {
    let figure = SweepFigure.all.firstIndex { $0.name == "slo_attainment" } ?? 0
    let rows = shares.enumerated().map { index, share in
      var values = [Double?](repeating: nil, count: SweepFigure.all.count)
      values[figure] = share.value
      return SweepTable.Row(
        point: index / 2, replication: index % 2, settings: [share.settings], policy: "only",
        values: values)
    }
    return SweepTable(axes: ["fleet.pools.desk.replicas"], rows: rows)
  }

  @Test func `ticks stand at the values, and no share passes one`() throws {
    let figure = try #require(SweepFigure.all.firstIndex { $0.name == "slo_attainment" })
    let table = table([("2", 0.8), ("2", 1), ("4", 0.9), ("4", 1)])
    let chart = Chart.mainEffects(table, axis: 0, figure: figure)
    let text = try chart.specification.inlineScriptText()
    #expect(text.contains("\"values\":[2,4]"))
    #expect(text.contains("\"high\":1,"))
    // Student's interval of two values 0.2 apart is wider than the scale at its low end too.
    #expect(text.contains("\"low\":0,"))
  }
}
