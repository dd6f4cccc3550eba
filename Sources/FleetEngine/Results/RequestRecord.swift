public import Quantities

/// How a request ended.
public enum RequestOutcome: UInt8, Sendable {
  case completed
  /// Refused at arrival: longer than the model's limit or than the whole KV cache, by a full
  /// queue, or by policy.
  case rejected
  /// Given up unfinished when its time was up.
  case timedOut
  /// Given up unfinished when its asker lost patience.
  case cancelled
}

/// What is known of one request when it ends: one row of `requests.csv`.
///
/// Latencies follow docs/metrics.md. TTFT is from arrival to the first output token of the first
/// sample; the first *answer* token comes after reasoning, or with the last vote.
public struct RequestRecord: Sendable {
  public var id: UInt64
  public var task: Int
  /// Index into the fleet's arms; -1 where the request was rejected before one was chosen.
  public var arm: Int
  /// Index over all replicas of the fleet, pool by pool; -1 where rejected.
  public var replica: Int
  public var outcome: RequestOutcome
  public var arrival: SimTime
  /// Start of the first iteration that computed any of it.
  public var firstScheduled: SimTime
  public var firstToken: SimTime
  public var firstAnswerToken: SimTime
  public var end: SimTime
  public var promptTokens: Int
  /// Prompt tokens that were not computed because their KV was already there.
  public var cachedPromptTokens: Int
  /// All samples, reasoning included.
  public var outputTokens: Int
  public var reasoningTokens: Int
  public var samples: Int
  public var preemptions: Int
  /// Requests that were made of it, one after another or side by side: tokens, samples, preemptions
  /// and energies are their sums, the replica is that of the last.
  public var attempts = 1
  /// Mean over the samples of (last token - first token) / (tokens - 1); nil if every sample has
  /// one token.
  public var timePerOutputToken: SimDuration?
  public var prefillEnergy: Energy
  public var decodeEnergy: Energy
  public var isCorrect: Bool?
  /// Whether it ended inside the measurement window.
  public var isMeasured = false

  public var energy: Energy { prefillEnergy + decodeEnergy }
  public var queueingDelay: SimDuration { firstScheduled - arrival }
  public var timeToFirstToken: SimDuration { firstToken - arrival }
  public var timeToFirstAnswerToken: SimDuration { firstAnswerToken - arrival }
  public var endToEndLatency: SimDuration { end - arrival }

  /// Whether the request completed and met every latency asked of it.
  ///
  /// A request without a second token has no TPOT and meets any bound on it.
  public func meets(_ objective: ServiceLevelObjective) -> Bool {
    guard outcome == .completed else { return false }
    func within(_ value: SimDuration?, _ bound: SimDuration?) -> Bool {
      guard let value, let bound else { return true }
      return value <= bound
    }
    return within(timeToFirstToken, objective.timeToFirstToken)
      && within(timePerOutputToken, objective.timePerOutputToken)
      && within(endToEndLatency, objective.endToEndLatency)
      && within(timeToFirstAnswerToken, objective.timeToFirstAnswerToken)
  }
}

/// The fleet over one interval of the time series: one row of `timeseries.csv`.
///
/// What happens at the instant at which an interval ends belongs to it, not to the next.
public struct FleetInterval: Sendable {
  public var start: SimTime
  public var duration: SimDuration
  /// GPU energy of the whole fleet in the interval; divide by `duration` for the mean power.
  public var energy: Energy
  /// The same by pool.
  public var energyByPool: [Energy]
  public var outputTokens: Int
  public var promptTokens: Int
  public var arrivals: Int
  public var completions: Int
  /// At the end of the interval.
  public var waitingRequests: Int
  /// Sequences in running batches at the end of the interval.
  public var runningRows: Int
  /// Replicas with an iteration in progress at the end of the interval.
  public var busyReplicas: Int
  /// Share of the fleet's KV blocks in use at the end of the interval, 0 to 1.
  public var kvUsage: Double
}

/// Receives what a run produces while it runs; nothing of it is kept by the engine.
public protocol RunObserver {
  /// Whether `stretchEnded` is to be called; asked once, when the run begins.
  var followsStretches: Bool { get }
  /// Called once per request, in order of their ends.
  mutating func requestEnded(_ record: RequestRecord)
  /// Called once per interval of the time series, in order.
  mutating func intervalEnded(_ interval: FleetInterval)
  /// Called where it is asked for, for every stretch of iterations, in order of their ends.
  mutating func stretchEnded(_ stretch: StretchRecord)
}

extension RunObserver {
  public var followsStretches: Bool { false }
  public mutating func stretchEnded(_ stretch: StretchRecord) {}
}
