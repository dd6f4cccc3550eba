internal import FleetEngine
internal import Quantities
public import Studies

/// Why a run has no figures, where it has none.
enum EmptyRunSentence {
  /// What happened, without the policy's name; nil where a request completed in the window.
  static func text(for run: PolicyRun) -> String? {
    let result = run.result
    guard result.requests.completed == 0 else { return nil }
    let counts = result.requests
    let givenUp = counts.timedOut + counts.cancelled
    if counts.rejected + givenUp > 0 {
      let count = NumberText.count(counts.rejected + givenUp)
      let fate =
        switch (counts.rejected, givenUp) {
        case (_, 0): "rejected"
        case (0, _): "given up"
        default: "rejected or given up"
        }
      return "all \(count) requests that ended in the measured window were \(fate)"
    }
    guard result.windowEnd <= result.windowStart else {
      return "no request ended in the measured window"
    }
    return switch run.fleet.window {
    case .steadyState:
      "the queries ran out before every slot had turned over, so nothing was measured; "
        + "give more requests"
    case .between: "the run was over before the measured window opened"
    case .wholeRun: "no query came"
    }
  }
}

extension StudyResult {
  /// Whether a request completed in the measured window of any policy: else there are no figures.
  public var hasFigures: Bool { runs.contains { $0.result.requests.completed > 0 } }
}
