public import FleetEngine
public import Quantities

/// How far one run of a study has come.
public struct RunProgress: Hashable, Sendable {
  /// Position of the run in the study.
  public var runIndex: Int
  public var endedRequests: Int
  /// Requests that the run will see in all, where known.
  public var expectedRequests: Int?
  public var simulatedTime: SimTime
  public var simulatedSeconds: Double { simulatedTime.seconds }
  /// The fleet at the last interval of the time series; nil before the first has ended.
  public var glimpse: FleetGlimpse?
  /// Whether this is the run's last report.
  public var isFinished: Bool
}

/// What a fleet does, at a glance.
public struct FleetGlimpse: Hashable, Sendable {
  /// GPUs of the fleet, mean over the interval.
  public var watts: Double
  /// At the end of the interval.
  public var runningRows: Int
  public var waitingRequests: Int
  public var busyReplicas: Int

  public init(_ interval: FleetInterval) {
    let seconds = interval.duration.seconds
    watts = seconds > 0 ? interval.energy.joules / seconds : 0
    runningRows = interval.runningRows
    waitingRequests = interval.waitingRequests
    busyReplicas = interval.busyReplicas
  }
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

  mutating func intervalEnded(_ interval: FleetInterval) {
    guard report != nil else { return }
    latest.glimpse = FleetGlimpse(interval)
  }

  mutating func finish() {
    latest.isFinished = true
    report?(latest)
  }
}
