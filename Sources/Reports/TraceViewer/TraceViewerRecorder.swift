public import FleetEngine
internal import Quantities
public import Studies

/// What a run leaves for a trace viewer: the phases of its requests, the iterations of its replicas
/// and its time series.
///
/// Memory grows with what is kept, so only the first requests that end and the first stretches are.
public struct TraceViewerRecorder: RunRecorder {
  /// Everything that is kept of a run.
  struct Record: Sendable {
    var spans: [Span] = []
    var stretches: [StretchRecord] = []
    var samples: [Sample] = []
  }

  /// One request on its replica, in nanoseconds of simulated time.
  struct Span: Sendable {
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
  struct Sample: Sendable {
    var start: UInt64
    var watts: Double
    var runningRows: Int
    var waitingRequests: Int
    var busyReplicas: Int
    var kvUsage: Double
  }

  private let requestLimit: Int
  private let stretchLimit: Int
  private let keep: @Sendable (Record) -> Void
  private var record = Record()

  /// `keep` is handed everything when the run is over.
  init(requestLimit: Int, stretchLimit: Int, keep: @escaping @Sendable (Record) -> Void) {
    self.requestLimit = requestLimit
    self.stretchLimit = stretchLimit
    self.keep = keep
  }

  public var followsStretches: Bool { true }

  public mutating func stretchEnded(_ stretch: StretchRecord) {
    guard record.stretches.count < stretchLimit else { return }
    record.stretches.append(stretch)
  }

  public mutating func requestEnded(_ request: RequestRecord) {
    guard record.spans.count < requestLimit, request.replica >= 0, request.outcome != .rejected
    else { return }
    // What was given up may not have come so far.
    let end = request.end
    let scheduled = min(max(request.firstScheduled, request.arrival), end)
    let firstToken = min(max(request.firstToken, scheduled), end)
    record.spans.append(
      Span(
        id: request.id, replica: request.replica, arm: request.arm,
        arrival: request.arrival.viewerNanoseconds, scheduled: scheduled.viewerNanoseconds,
        firstToken: firstToken.viewerNanoseconds, end: end.viewerNanoseconds,
        promptTokens: request.promptTokens, outputTokens: request.outputTokens,
        preemptions: request.preemptions, microjoules: request.energy.microjoules))
  }

  public mutating func intervalEnded(_ interval: FleetInterval) {
    let seconds = interval.duration.seconds
    record.samples.append(
      Sample(
        start: interval.start.viewerNanoseconds,
        watts: seconds > 0 ? interval.energy.joules / seconds : 0,
        runningRows: interval.runningRows, waitingRequests: interval.waitingRequests,
        busyReplicas: interval.busyReplicas, kvUsage: interval.kvUsage))
  }

  public mutating func finish() { keep(record) }
}

extension SimTime {
  /// What the viewer's file is written in.
  var viewerNanoseconds: UInt64 { UInt64(max(0, (seconds * 1e9).rounded())) }
}
