public import Quantities

/// How far one run of a study has come.
public struct RunProgress: Hashable, Sendable {
  /// Position of the run in the study.
  public var runIndex: Int
  public var endedRequests: Int
  /// Requests that the run will see in all, where known.
  public var expectedRequests: Int?
  public var simulatedTime: SimTime
  /// Whether this is the run's last report.
  public var isFinished: Bool
}

/// Passes progress on, at most ten times a second for each run.
struct ProgressThrottle {
  private static let interval = ContinuousClock.Duration.milliseconds(100)
  /// The clock is read once per this many requests.
  private static let stride = 256

  private let report: (@Sendable (RunProgress) -> Void)?
  private let clock = ContinuousClock()
  private var latest: RunProgress
  private var due: ContinuousClock.Instant

  init(runIndex: Int, expected: Int?, _ report: (@Sendable (RunProgress) -> Void)?) {
    self.report = report
    latest = RunProgress(
      runIndex: runIndex, endedRequests: 0, expectedRequests: expected, simulatedTime: .zero,
      isFinished: false)
    due = clock.now + Self.interval
  }

  mutating func requestEnded(at time: SimTime) {
    guard let report else { return }
    latest.endedRequests += 1
    latest.simulatedTime = time
    guard latest.endedRequests.isMultiple(of: Self.stride), clock.now >= due else { return }
    due = clock.now + Self.interval
    report(latest)
  }

  mutating func finish() {
    latest.isFinished = true
    report?(latest)
  }
}
