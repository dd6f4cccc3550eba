internal import FleetEngine
internal import Studies

/// Columns of what not every study has: requests that did not complete, prompts found in a cache.
enum FateColumn: CaseIterable {
  case rejected, timedOut, cancelled, cached

  /// Those in which some run has something to show.
  static func needed(by study: StudyResult) -> [FateColumn] {
    allCases.filter { column in study.runs.contains { column.amount(in: $0.result) > 0 } }
  }

  /// Over the table's columns on the terminal: what, and of what.
  var heading: (name: String, unit: String) {
    switch self {
    case .rejected: ("rejected", "requests")
    case .timedOut: ("timed out", "requests")
    case .cancelled: ("cancelled", "requests")
    case .cached: ("cached", "% prompt")
    }
  }

  /// The same in one line.
  var title: String {
    switch self {
    case .rejected: "rejected"
    case .timedOut: "timed out"
    case .cancelled: "cancelled"
    case .cached: "prompt tokens cached"
    }
  }

  func text(_ run: PolicyRun, in context: StudyContext) -> String {
    switch self {
    case .rejected, .timedOut, .cancelled: NumberText.count(amount(in: run.result))
    case .cached:
      NumberText.percent(PolicyFigures(run, in: context).cachedPromptShare)
    }
  }

  private func amount(in result: RunResult) -> Int {
    switch self {
    case .rejected: result.requests.rejected
    case .timedOut: result.requests.timedOut
    case .cancelled: result.requests.cancelled
    case .cached: result.tokens.cachedPrompt
    }
  }
}
