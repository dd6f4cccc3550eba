public import Foundation
internal import GRDB

/// The results of a sweep as text: a row for each point, replication and policy, in that order.
///
/// Units that could not be simulated have a row with their problem and no figures. Nothing that
/// differs from one execution to the next is in it: equal sweeps give equal bytes.
public struct SweepExport {
  private let store: SweepStore

  public init(_ store: SweepStore) { self.store = store }

  /// Writes comma-separated values with a header, chunk by chunk.
  public func writeCSV(_ write: (Data) throws -> Void) throws {
    let axes = try store.identity.design().axes.map(\.path)
    let header =
      ["point", "replication", "seed"] + axes + ["policy"] + SweepFigure.all.map(\.name)
      + ["problem"]
    try store.read { database in
      let rows = try Row.fetchCursor(database, sql: Self.query(axes))
      var text = Self.line(header.map { $0[...] })
      while let row = try rows.next() {
        text += Self.line((0..<header.count).map { Self.text(row[$0] as DatabaseValue) })
        guard text.utf8.count > Self.chunkBytes else { continue }
        try write(Data(text.utf8))
        text = ""
      }
      try write(Data(text.utf8))
    }
  }

  private static let chunkBytes = 1 << 16

  private static func query(_ axes: [String]) -> String {
    let columns =
      ["point", "replication", "seed"] + axes.map(SweepSchema.quoted) + ["policy"]
      + SweepFigure.all.map { SweepSchema.quoted($0.name) } + ["problem"]
    return """
      SELECT \(columns.joined(separator: ", "))
      FROM units JOIN points USING (point) LEFT JOIN figures USING (point, replication)
      ORDER BY point, replication, policy
      """
  }

  private static func line(_ fields: [Substring]) -> String {
    fields.map(escaped).joined(separator: ",") + "\n"
  }

  /// The shortest decimal that reads back as the same number; nothing for NULL.
  private static func text(_ value: DatabaseValue) -> Substring {
    switch value.storage {
    case .null: ""
    case .int64(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): text[...]
    case .blob: ""
    }
  }

  /// By RFC 4180.
  private static func escaped(_ field: Substring) -> String {
    guard field.contains(where: { ",\"\n\r".contains($0) }) else { return String(field) }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
