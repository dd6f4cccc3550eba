public import Foundation
internal import Scenarios
public import Studies

/// A reproduction for people and programs: what was published, what came out, and the verdict.
public struct ReproductionReport {
  private let reproduction: Reproduction
  private let rows: [ReproductionRow]

  public init(_ reproduction: Reproduction) {
    self.reproduction = reproduction
    rows = reproduction.verdicts.map(ReproductionRow.init)
  }

  /// "14 pass, 2 fail, 1 explained, …", in that order, without those that do not occur.
  public var tally: String {
    let order: [ClaimVerdict.Outcome] = [.pass, .fail, .explained, .input, .notRun]
    return order.compactMap { outcome in
      let count = reproduction.verdicts.count { $0.outcome == outcome }
      return count > 0 ? "\(count) \(outcome.rawValue)" : nil
    }.joined(separator: ", ")
  }

  /// A line for each claim, what is not plain below it; the last line is ended.
  public var text: String {
    var lines = reproduction.warnings.flatMap { entry in
      entry.warnings.map { "warning: \(entry.scenario): \($0)" }
    }
    for row in rows {
      lines += ["\(row.outcome.uppercased())  \(row.id): \(row.text)"]
      lines += [
        "  published \(row.expected), accepted \(row.accepted), simulated \(row.simulated)"
      ]
      if !row.reason.isEmpty { lines.append("  \(row.reason)") }
    }
    return (lines + ["", tally]).joined(separator: "\n") + "\n"
  }

  /// `docs/validation.md`.
  public var markdown: String {
    var lines = Self.head + ["\(tally).", ""]
    for (scenario, own) in grouped {
      lines += ["## \(scenario)", ""]
      if let source = own.first?.verdict.source { lines += [source, ""] }
      lines += [
        "| claim | type | published | accepted | simulated | verdict |",
        "|---|---|---|---|---|---|",
      ]
      lines += own.map { row in
        let id = row.id == scenario ? "" : "`\(row.id)`: "
        return "| \(id)\(row.text) | \(row.kind) | \(row.expected) | \(row.accepted) | "
          + "\(row.simulated) | \(row.outcome) |"
      }
      let reasons = own.filter { !$0.reason.isEmpty }
      lines += reasons.isEmpty ? [""] : [""] + reasons.map { "- \($0.text): \($0.reason)" } + [""]
    }
    return lines.joined(separator: "\n")
  }

  private static let head = [
    "# Validation", "",
    "What publications report and what Joulefleet gives for the same set-up. Written by",
    "`joulefleet reproduce --markdown docs/validation.md` from `scenarios/papers`; each file there",
    "holds a scenario, its claims and their tolerances. Accuracies of single answers are inputs;",
    "joules, latencies, ratios and what a policy gains are predictions. A claim passes or fails;",
    "it is *explained* where a miss has a cause that the file names, *input* where the published",
    "figure went into the model and so tests nothing, and *not-run* where it cannot be simulated.",
    "",
  ]

  /// Rows by scenario, in their order.
  private var grouped: [(String, [ReproductionRow])] {
    var order: [String] = []
    for row in rows where order.last != row.verdict.scenario { order.append(row.verdict.scenario) }
    return order.map { name in (name, rows.filter { $0.verdict.scenario == name }) }
  }

  /// `{"rows": […]}`, the same bytes for the same verdicts.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let warnings = reproduction.warnings.flatMap { entry in
      entry.warnings.map { JSONValue.string("\(entry.scenario): \($0)") }
    }
    let document: JSONValue = [
      "rows": .array(rows.map(\.json)), "warnings": .array(warnings), "tally": .string(tally),
    ]
    var data = try encoder.encode(document)
    data.append(UInt8(ascii: "\n"))
    return data
  }
}
