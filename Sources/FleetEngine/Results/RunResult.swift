internal import AnswerModels
public import DeviceModels
public import NumericalMethods
public import Quantities

/// Latencies of the requests counted in the window. Histograms hold nanoseconds.
public struct LatencySketches: Sendable {
  public var timeToFirstToken = QuantileSketch()
  public var timePerOutputToken = QuantileSketch()
  /// One entry per gap between consecutive tokens of a sample; its sum is in ticks.
  public var interTokenLatency = QuantileSketch(partsPerWhole: SimDuration.ticksPerNanosecond)
  public var endToEnd = QuantileSketch()
  public var timeToFirstAnswerToken = QuantileSketch()
  public var queueingDelay = QuantileSketch()

  public init() {}
}

/// Requests by fate, within the window.
public struct RequestCounts: Hashable, Sendable {
  public var arrived = 0
  public var completed = 0
  public var rejected = 0
  public var timedOut = 0
  public var cancelled = 0
  public var metObjective = 0
  public init() {}
}

/// Tokens computed within the window.
public struct TokenCounts: Hashable, Sendable {
  public var prompt = 0
  public var cachedPrompt = 0
  public var output = 0
  public var reasoning = 0
  /// Tokens computed again after a preemption.
  public var recomputed = 0
  public init() {}
}

/// Right answers among those that can be judged, by task.
public struct CorrectCounts: Hashable, Sendable {
  public var judged = 0
  public var correct = 0
  public init() {}
}

/// What arms did beyond one attempt whose samples run to their end, in the whole run.
public struct CourseCounts: Hashable, Sendable {
  /// Attempts by `Attempt.Purpose`, those of arms with a course alone.
  public var attempts: [Int]
  /// Attempts that no replica could take, or that the policy did not want.
  public var refusedAttempts = 0
  /// Samples that were cancelled because the answer was known without them.
  public var cancelledSamples = 0
  /// Times that a depth controller was asked, and chains that it stopped.
  public var checkpoints = 0
  public var stoppedChains = 0

  public init() { attempts = Array(repeating: 0, count: Attempt.Purpose.allCases.count) }
}

/// GPU energy within the window. `prefill + decode + idle` equals `gpu` exactly.
public struct EnergyTotals: Hashable, Sendable {
  public var prefill = Energy.zero
  public var decode = Energy.zero
  public var idle = Energy.zero
  /// Sum over the requests' own accounts.
  public var attributed = Energy.zero
  /// Integral of the fleet's power over the time series: an account of its own.
  public var integral = Energy.zero
  /// `prefill + decode + idle` of each pool.
  public var gpuByPool: [Energy] = []

  public var gpu: Energy { prefill + decode + idle }
  public init() {}
}

/// Requests whose prompts are named in blocks that no whole number of KV blocks fills, so that
/// nothing of them is cached.
public struct UnalignedPrefixes: Hashable, Sendable {
  public var requests = 0
  /// Tokens of a prefix block of the first of them.
  public var prefixBlockTokens = 0
  public init() {}

  mutating func count(prefixBlockTokens tokens: Int) {
    if requests == 0 { prefixBlockTokens = tokens }
    requests += 1
  }
}

/// What one run of one policy measured; everything deterministic.
public struct RunResult: Sendable {
  public var requests = RequestCounts()
  public var tokens = TokenCounts()
  public var energy = EnergyTotals()
  public var latency = LatencySketches()
  public var correctByTask: [CorrectCounts] = []
  /// Requests completed per arm.
  public var completedByArm: [Int] = []
  /// Fleet GPU power averaged over each interval of the series, in milliwatts.
  public var powerMilliwatts = QuantileSketch()
  public var windowStart = SimTime.zero
  public var windowEnd = SimTime.zero
  /// End of the whole run.
  public var end = SimTime.zero
  /// Of the whole run, whatever the window.
  public var iterations = 0
  /// Of the whole run, whatever the window.
  public var preemptions = 0
  /// Samples of completed requests whose output `max_model_len` cut short; of the whole run,
  /// whatever the window.
  public var cutSamples = 0
  /// Requests refused at arrival in the whole run, whatever the window.
  public var rejectedInAll = 0
  /// Prefix blocks that lost their place in the cache, in the whole run, whatever the window.
  public var evictions = 0
  public var courses = CourseCounts()
  /// By pool, where it caches prefixes; of the whole run, whatever the window.
  public var unalignedPrefixesByPool: [UnalignedPrefixes] = []
  /// Decode rows summed over the iterations that had any, and those iterations: mean batch.
  public var decodeRowSum = 0
  public var decodeIterations = 0
  /// By pool: the largest shapes that its device model was asked for, in the whole run.
  public var extentByPool: [ShapeExtent] = []
  /// Busy time summed over replicas, within the window.
  public var busyTime = SimDuration.zero

  public init() {}
}
