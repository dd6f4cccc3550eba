public import FleetEngine
public import Quantities
public import Workloads

/// What one run cost the machine that ran it. Differs from run to run, unlike every other result.
public struct RunTiming: Hashable, Sendable {
  public var wallSeconds: Double
  /// Processor time of the run's own thread.
  public var processorSeconds: Double

  public init(wallSeconds: Double, processorSeconds: Double) {
    self.wallSeconds = wallSeconds
    self.processorSeconds = processorSeconds
  }
}

/// One policy's run and everything that was measured of it.
public struct PolicyRun: Sendable {
  public var name: String
  public var fleet: FleetConfiguration
  public var result: RunResult
  public var batches: RequestBatches
  /// Nil where the run was not made for a comparison.
  public var comparisonBatches: ComparisonBatches?
  /// By pool of the fleet; empty where nobody asked for it.
  public var poolLoads: [PoolLoad]
  public var power: PowerSeries
  /// All that was attributed to the requests that were given up, of those that ended in the
  /// measurement window.
  public var givenUpEnergy: Energy
  /// Kept apart from the deterministic rest.
  public var timing: RunTiming
  /// What was dropped and changed of the trace behind the queries; nil where there was none.
  public var traceTally: TraceTally?

  public init(
    name: String, fleet: FleetConfiguration, result: RunResult,
    batches: RequestBatches = RequestBatches(), comparisonBatches: ComparisonBatches? = nil,
    poolLoads: [PoolLoad] = [],
    power: PowerSeries = PowerSeries(limit: 512),
    givenUpEnergy: Energy = .zero,
    timing: RunTiming = RunTiming(wallSeconds: 0, processorSeconds: 0),
    traceTally: TraceTally? = nil
  ) {
    self.name = name
    self.fleet = fleet
    self.result = result
    self.batches = batches
    self.comparisonBatches = comparisonBatches
    self.poolLoads = poolLoads
    self.power = power
    self.givenUpEnergy = givenUpEnergy
    self.timing = timing
    self.traceTally = traceTally
  }
}

/// Every policy of a scenario on the same traffic, in the scenario's order; the first is the
/// baseline of comparisons.
public struct StudyResult: Sendable {
  public var context: StudyContext
  public var runs: [PolicyRun]

  /// The runs' own warnings join those of `context`.
  public init(context: StudyContext, runs: [PolicyRun]) {
    self.context = context
    self.runs = runs
    for warning in RunWarnings.of(runs) + WarmUpWarnings.of(runs)
    where !self.context.warnings.contains(warning) {
      self.context.warnings.append(warning)
    }
  }
}
