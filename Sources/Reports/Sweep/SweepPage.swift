public import Foundation
internal import Studies
public import Sweeps

/// The picture of a sweep: main effects of every key, heat maps of every two, and their tables.
public struct SweepPage: Sendable {
  private let table: SweepTable
  private let identity: SweepIdentity
  private let vegaBundle: String?

  /// Without a bundle the page says how to get the charts.
  public init(
    _ table: SweepTable, of identity: SweepIdentity, vegaBundle: String? = VegaBundle.find()
  ) {
    self.table = table
    self.identity = identity
    self.vegaBundle = vegaBundle
  }

  /// The figures that the page shows, as far as they differ between points.
  static let shownFigures = [
    "energy_per_request_j", "energy_per_output_token_j", "accuracy", "slo_attainment",
    "ttft_ms_p90", "tpot_ms_p90", "e2e_ms_p90", "power_mean_w", "cost",
  ]

  /// Keys in pairs beyond so many are left to the table: the page would be all heat maps.
  private static let mostHeatPairs = 3
  private static let mostHeatFigures = 4

  /// Writes the page to `url`.
  public func write(to url: URL) throws { try Data(text().utf8).write(to: url) }

  /// The page, in one file with everything in it.
  public func text() throws -> String {
    let runs = Set(table.rows.map { $0.point }).count
    let replications =
      identity.replications > 1 ? ", \(identity.replications) replications each" : ""
    return try ChartPage(
      title: "Sweep of \(identity.scenarioName)",
      subtitle: "\(runs) points over \(table.axes.joined(separator: ", "))\(replications).",
      charts: charts, vegaBundle: vegaBundle, warnings: table.problems.map { "left out: \($0)" },
      tables: tables
    ).text()
  }

  /// Indices of the figures shown.
  private var figures: [Int] {
    Self.shownFigures.compactMap { name in
      SweepFigure.all.firstIndex { $0.name == name }
    }.filter { table.varies($0) }
  }

  private var charts: [Chart] {
    let effects = figures.flatMap { figure in
      table.axes.indices.map { Chart.mainEffects(table, axis: $0, figure: figure) }
    }
    let pairs = table.axes.indices.flatMap { a in
      table.axes.indices.filter { $0 > a }.map { (a, $0) }
    }
    let heat = pairs.prefix(Self.mostHeatPairs).flatMap { pair in
      figures.prefix(Self.mostHeatFigures).flatMap { figure in
        table.policies.map {
          Chart.heat(table, across: pair.0, up: pair.1, figure: figure, policy: $0)
        }
      }
    }
    return effects + heat
  }

  private var tables: String {
    let tables = table.axes.indices.map { axis in
      HTMLText.table(
        caption: "Means by \(table.axes[axis])",
        header: [table.axes[axis], "policy"] + figures.map { SweepFigure.all[$0].name },
        rows: rows(of: axis))
    }
    return "<section>\n\(tables.joined(separator: "\n"))\n</section>"
  }

  private func rows(of axis: Int) -> [[String]] {
    let effects = figures.map { table.mainEffects(of: axis, on: $0) }
    return table.policies.flatMap { policy in
      table.levels(of: axis).map { level in
        [level, policy]
          + effects.map { all in
            NumberText.figure(
              all.first { $0.policy == policy && $0.label == level }?.mean)
          }
      }
    }
  }
}
