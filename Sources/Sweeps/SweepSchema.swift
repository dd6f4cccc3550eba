internal import Foundation
internal import GRDB
internal import Scenarios

/// The tables of a sweep's file. `results` is the view that most readers want: a row for each
/// point, replication and policy, with the values of the varied keys and every figure.
enum SweepSchema {
  static func create(in database: Database, identity: SweepIdentity) throws {
    let text = String(decoding: try JSONEncoder().encode(identity), as: UTF8.self)
    let axes = try identity.design().axes.map { quoted($0.path) }
    let figures = SweepFigure.all.map { "\(quoted($0.name)) \($0.isCount ? "INTEGER" : "REAL")" }
    let statements = [
      "CREATE TABLE sweep (identity TEXT NOT NULL)",
      """
      CREATE TABLE points (point INTEGER PRIMARY KEY\(
        axes.map { ", \($0) NUMERIC NOT NULL" }.joined()))
      """,
      """
      CREATE TABLE units (point INTEGER NOT NULL, replication INTEGER NOT NULL,
      seed INTEGER NOT NULL, problem TEXT, wall_s REAL NOT NULL,
      PRIMARY KEY (point, replication)) WITHOUT ROWID
      """,
      """
      CREATE TABLE figures (point INTEGER NOT NULL, replication INTEGER NOT NULL,
      policy TEXT NOT NULL, \(figures.joined(separator: ", ")),
      PRIMARY KEY (point, replication, policy)) WITHOUT ROWID
      """,
      """
      CREATE VIEW results AS SELECT point, replication, seed\(axes.map { ", \($0)" }.joined()),
      policy, \(SweepFigure.all.map { quoted($0.name) }.joined(separator: ", "))
      FROM figures JOIN units USING (point, replication) JOIN points USING (point)
      """,
    ]
    for statement in statements { try database.execute(sql: statement) }
    for point in try identity.design().points() {
      let marks = Array(repeating: "?", count: 1 + axes.count).joined(separator: ", ")
      var values: [any DatabaseValueConvertible] = [point.index]
      values += point.settings.map(\.value)
      try database.execute(
        sql: "INSERT INTO points VALUES (\(marks))", arguments: StatementArguments(values))
    }
    // Last, so that a file without it is recognised as unfinished.
    try database.execute(sql: "INSERT INTO sweep VALUES (?)", arguments: [text])
  }

  static func insert(_ outcome: SweepOutcome, into database: Database) throws {
    try database.execute(
      sql: "INSERT OR IGNORE INTO units VALUES (?, ?, ?, ?, ?)",
      arguments: [
        outcome.point, outcome.replication, Int64(bitPattern: outcome.seed), outcome.problem,
        outcome.wallSeconds,
      ])
    guard database.changesCount == 1 else { return }
    let marks = Array(repeating: "?", count: 3 + SweepFigure.all.count).joined(separator: ", ")
    let insertion = try database.makeStatement(sql: "INSERT INTO figures VALUES (\(marks))")
    for row in outcome.rows {
      var values: [(any DatabaseValueConvertible)?] = [
        outcome.point, outcome.replication, row.policy,
      ]
      for value in row.values {
        switch value {
        case .count(let count): values.append(count)
        case .measure(let measure): values.append(measure)
        }
      }
      try insertion.execute(arguments: StatementArguments(values))
    }
  }

  /// An identifier of SQL.
  static func quoted(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
  }
}
