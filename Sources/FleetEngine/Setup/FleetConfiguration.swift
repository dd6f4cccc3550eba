public import DeviceModels
public import Quantities

/// What a serving engine may hold and compute at once on one replica (vLLM's names in files).
public struct EngineLimits: Hashable, Sendable {
  /// Most sequences in one iteration (`max_num_seqs`).
  public var batchRowLimit: Int
  /// Most tokens computed in one iteration, prompt and decode (`max_num_batched_tokens`).
  public var iterationTokenBudget: Int
  /// Tokens of one KV block (`block_size`).
  public var tokensPerBlock: Int
  /// KV blocks that fit beside the weights (`num_gpu_blocks`).
  public var kvBlockCount: Int
  /// Longest prompt plus output of one sequence (`max_model_len`).
  public var maxModelTokens: Int

  public init(
    batchRowLimit: Int, iterationTokenBudget: Int, tokensPerBlock: Int, kvBlockCount: Int,
    maxModelTokens: Int
  ) {
    self.batchRowLimit = batchRowLimit
    self.iterationTokenBudget = iterationTokenBudget
    self.tokensPerBlock = tokensPerBlock
    self.kvBlockCount = kvBlockCount
    self.maxModelTokens = maxModelTokens
  }
}

/// In which order waiting requests are admitted.
public enum SchedulingOrder: String, CaseIterable, Hashable, Sendable {
  /// First come, first served; what was preempted comes first.
  case firstComeFirstServed = "fcfs"
  /// By `Query.priority`, then by arrival; also decides who is preempted (vLLM's `priority`).
  case priority
  /// The shortest prompt first; what was preempted comes before all.
  case shortestPrompt = "shortest-prompt"
}

/// Switches of a serving engine (docs/model.md has the rule behind each).
public struct EngineRules: Hashable, Sendable {
  public var order = SchedulingOrder.firstComeFirstServed
  /// Whether a prompt may be computed in pieces over several iterations
  /// (`enable_chunked_prefill`).
  public var chunksPrefill = true
  /// Whether the KV of prompts is kept for later requests that begin alike
  /// (`enable_prefix_caching`).
  public var cachesPrefixes = false
  /// KV blocks that an admission leaves free unless the batch is empty.
  public var watermarkBlocks = 0
  /// A request that finds so many waiting on its replica is refused; nil for no limit.
  public var waitingLimit: Int?

  public init() {}
}

/// Identical replicas of one model on one kind of GPU.
public struct PoolConfiguration: Sendable {
  public var name: String
  public var replicaCount: Int
  public var gpusPerReplica: Int
  public var limits: EngineLimits
  public var rules: EngineRules
  public var model: any IterationModel
  /// How much more or less than the model each replica draws while it computes, by its index in
  /// the pool; those beyond the list as the model.
  public var powerFactors: [PowerFactor] = []
  /// Power of the host that does not depend on load, per GPU of this pool (node scope).
  public var hostPowerPerGPU: Power
  /// Watts at the node's supply per further watt of GPU (fans, conversion losses), at least 1.
  public var nodeWattsPerGPUWatt: Double

  public init(
    name: String, replicaCount: Int, gpusPerReplica: Int, limits: EngineLimits,
    rules: EngineRules = EngineRules(), model: any IterationModel, hostPowerPerGPU: Power = .zero,
    nodeWattsPerGPUWatt: Double = 1
  ) {
    self.name = name
    self.replicaCount = replicaCount
    self.gpusPerReplica = gpusPerReplica
    self.limits = limits
    self.rules = rules
    self.model = model
    self.hostPowerPerGPU = hostPowerPerGPU
    self.nodeWattsPerGPUWatt = nodeWattsPerGPUWatt
  }
}

/// How an arm is served: where, and how many samples of a query run side by side.
public struct ArmConfiguration: Sendable {
  public var name: String
  /// Indices of the pools whose model serves this arm; empty if this fleet does not deploy it.
  public var pools: [Int]
  /// Parallel samples of one query, which share the prompt's KV (majority vote), at least 1.
  public var samples: Int
  /// Nil where there is one attempt, whose samples run to their end.
  public var course: ArmCourse?

  public init(name: String, pools: [Int], samples: Int, course: ArmCourse? = nil) {
    self.name = name
    self.pools = pools
    self.samples = samples
    self.course = course
  }
}

/// Who decides when the next query comes.
public enum ArrivalMode: Hashable, Sendable {
  /// Queries arrive when the source says.
  case open
  /// Queries arrive when the source says, but wait with their asker while so many requests are
  /// in flight in the whole fleet.
  case capped(concurrency: Int)
  /// A fixed number of requests is in flight on each replica: the next comes as one ends.
  case closedLoop(concurrencyPerReplica: Int)
}

/// Which part of the run the figures describe.
public enum MeasurementWindow: Hashable, Sendable {
  /// From the first instant to the last completion, the way down included.
  case wholeRun
  /// From `start` to `end`, simulated time.
  case between(SimTime, SimTime)
  /// Closed loop: from when every slot has turned over to when the source dries.
  case steadyState
}

/// A fleet and the rules of its run.
public struct FleetConfiguration: Sendable {
  public var pools: [PoolConfiguration]
  public var arms: [ArmConfiguration]
  /// Seeds what chance the engine itself needs: where a closed loop's first round begins.
  public var seed: UInt64
  public var arrivals: ArrivalMode
  public var window: MeasurementWindow
  /// Width of the intervals of the time series, over which power is averaged.
  public var seriesInterval: SimDuration
  /// Every latency that a request must meet.
  public var objective: ServiceLevelObjective

  public init(
    pools: [PoolConfiguration], arms: [ArmConfiguration], seed: UInt64 = 0,
    arrivals: ArrivalMode = .open,
    window: MeasurementWindow = .wholeRun,
    seriesInterval: SimDuration = SimDuration(nanoseconds: 1_000_000_000),
    objective: ServiceLevelObjective = ServiceLevelObjective()
  ) {
    self.pools = pools
    self.arms = arms
    self.seed = seed
    self.arrivals = arrivals
    self.window = window
    self.seriesInterval = seriesInterval
    self.objective = objective
  }
}

/// The latencies that one request must meet, all of them; nil where nothing is asked.
public struct ServiceLevelObjective: Hashable, Sendable {
  public var timeToFirstToken: SimDuration?
  public var timePerOutputToken: SimDuration?
  public var endToEndLatency: SimDuration?
  public var timeToFirstAnswerToken: SimDuration?

  public init(
    timeToFirstToken: SimDuration? = nil, timePerOutputToken: SimDuration? = nil,
    endToEndLatency: SimDuration? = nil, timeToFirstAnswerToken: SimDuration? = nil
  ) {
    self.timeToFirstToken = timeToFirstToken
    self.timePerOutputToken = timePerOutputToken
    self.endToEndLatency = endToEndLatency
    self.timeToFirstAnswerToken = timeToFirstAnswerToken
  }

  public var isEmpty: Bool { self == ServiceLevelObjective() }
}
