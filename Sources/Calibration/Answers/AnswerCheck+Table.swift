internal import Foundation

extension AnswerCheck {
  /// The table as text, in points of accuracy.
  public var table: String {
    var lines = [Self.header, Self.rule]
    for row in rows { lines.append(Self.line(row)) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Whether every bar is met.
  public var isMet: Bool { rows.allSatisfy { $0.isMet ?? true } }

  private static let header =
    "| predicted for questions left out | items | model (redrawn) | raw | other "
    + "| model/raw (redrawn) | floor | pooled | bar |"
  private static let rule = "|---|---|---|---|---|---|---|---|---|"

  private static func line(_ row: Row) -> String {
    let raw = row.raw.map(points) ?? "–"
    var ratio = "–"
    if let value = row.ratio, let interval = row.ratioInterval {
      ratio = String(
        format: "%.2f (%.2f–%.2f)", value, interval.lowerBound, interval.upperBound)
    }
    let interval = "\(points(row.modelInterval.lowerBound))–\(points(row.modelInterval.upperBound))"
    let cells = [
      row.quantity, "\(row.items)", "\(points(row.model)) (\(interval))", raw,
      points(row.reference), ratio, row.floor.map(points) ?? "–", points(row.pooled), verdict(row),
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  private static func verdict(_ row: Row) -> String {
    guard let bar = row.bar, let isMet = row.isMet else { return "–" }
    let text =
      switch bar {
      case .timesRaw(let limit): String(format: "≤ %.2f raw", limit)
      case .timesReference(let limit): String(format: "≤ %.1f other", limit)
      case .points(let limit): String(format: "pooled ≤ %.1f", limit)
      }
    return text + (isMet ? ": met" : ": missed")
  }

  private static func points(_ share: Double) -> String { String(format: "%.2f", share * 100) }
}
