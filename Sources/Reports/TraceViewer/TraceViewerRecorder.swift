public import FleetEngine
internal import Quantities
public import Studies

/// What a run leaves for a trace viewer: the phases of its requests, and its time series.
///
/// Memory grows with the requests kept, so only the first ones that end are.
public struct TraceViewerRecorder: RunRecorder {
  /// One request on its replica, in nanoseconds of simulated time.
  struct Span {
    var id: UInt64
    var replica: Int
    var arm: Int
    var arrival: UInt64
    var scheduled: UInt64
    var firstToken: UInt64
    var end: UInt64
    var promptTokens: Int
    var outputTokens: Int
    var preemptions: Int
    var microjoules: Int64
  }

  /// The fleet at an interval of the time series.
  struct Sample {
    var start: UInt64
    var watts: Double
    var runningRows: Int
    var waitingRequests: Int
    var busyReplicas: Int
    var kvUsage: Double
  }

  private let limit: Int
  private let keep: @Sendable ([Span], [Sample]) -> Void
  private var spans: [Span] = []
  private var samples: [Sample] = []

  /// `keep` is handed everything when the run is over.
  init(limit: Int, keep: @escaping @Sendable ([Span], [Sample]) -> Void) {
    self.limit = limit
    self.keep = keep
  }

  public mutating func requestEnded(_ record: RequestRecord) {
    guard spans.count < limit, record.replica >= 0, record.outcome != .rejected else { return }
    // What was given up may not have come so far.
    let end = record.end
    let scheduled = min(max(record.firstScheduled, record.arrival), end)
    let firstToken = min(max(record.firstToken, scheduled), end)
    spans.append(
      Span(
        id: record.id, replica: record.replica, arm: record.arm,
        arrival: Self.nanoseconds(record.arrival), scheduled: Self.nanoseconds(scheduled),
        firstToken: Self.nanoseconds(firstToken), end: Self.nanoseconds(end),
        promptTokens: record.promptTokens, outputTokens: record.outputTokens,
        preemptions: record.preemptions, microjoules: record.energy.microjoules))
  }

  public mutating func intervalEnded(_ interval: FleetInterval) {
    let seconds = interval.duration.seconds
    samples.append(
      Sample(
        start: Self.nanoseconds(interval.start),
        watts: seconds > 0 ? interval.energy.joules / seconds : 0,
        runningRows: interval.runningRows, waitingRequests: interval.waitingRequests,
        busyReplicas: interval.busyReplicas, kvUsage: interval.kvUsage))
  }

  public mutating func finish() { keep(spans, samples) }

  private static func nanoseconds(_ time: SimTime) -> UInt64 {
    UInt64(max(0, (time.seconds * 1e9).rounded()))
  }
}
