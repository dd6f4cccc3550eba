internal import GRDB
internal import Scenarios

/// The results of a sweep in memory, for pictures and tables.
public struct SweepTable: Sendable {
  public struct Row: Sendable {
    public var point: Int
    public var replication: Int
    /// By axis.
    public var settings: [String]
    public var policy: String
    /// By figure, in the order of `SweepFigure.all`; nil where it is undefined.
    public var values: [Double?]
  }

  /// Key paths of what was varied.
  public var axes: [String]
  /// In order of points, replications and policies.
  public var rows: [Row]
  /// Why points could not be simulated, each reason once.
  public var problems: [String]

  public init(axes: [String], rows: [Row], problems: [String] = []) {
    self.axes = axes
    self.rows = rows
    self.problems = problems
  }

  /// Everything that is there now.
  public init(_ store: SweepStore) throws {
    let design = try store.identity.design()
    axes = design.axes.map(\.path)
    let settings = try design.points().map { $0.settings.map(\.value) }
    let figures = SweepFigure.all.map { SweepSchema.quoted($0.name) }.joined(separator: ", ")
    rows = try store.read { database in
      try GRDB.Row.fetchAll(
        database,
        sql: """
          SELECT point, replication, policy, \(figures) FROM figures
          ORDER BY point, replication, policy
          """
      ).map { row in
        let point: Int = row[0]
        return Row(
          point: point, replication: row[1], settings: settings[point], policy: row[2],
          values: SweepFigure.all.indices.map { row[$0 + 3] as Double? })
      }
    }
    var seen: Set<String> = []
    problems = try store.problems().filter { seen.insert($0).inserted }
  }

  /// Policies in the order in which they first appear.
  public var policies: [String] {
    rows.reduce(into: []) { if !$0.contains($1.policy) { $0.append($1.policy) } }
  }

  /// Whether a figure is there at all and not the same everywhere.
  public func varies(_ figure: Int) -> Bool {
    let values = rows.compactMap { $0.values[figure] }
    return (values.min() ?? 0) < (values.max() ?? 0)
  }
}
