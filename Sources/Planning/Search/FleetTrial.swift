internal import DeviceModels
internal import FleetEngine
internal import NumericalMethods
internal import Quantities
internal import Scenarios
public import Studies

/// What a fleet did in one simulation.
public struct FleetTrial: Sendable {
  /// Share of ended requests that met every latency asked of them.
  public var attainment: Double
  public var accuracy: Proportion?
  public var windowSeconds: Double
  public var requests: Int
  public var promptTokens: Int
  public var outputTokens: Int
  /// Joules in the window.
  public var gpuEnergy: Double
  public var facilityEnergy: Double
  /// Highest mean over an interval of the time series, W.
  public var peakFacilityWatts: Double
  /// How near each latency comes to what is asked of it, nearest first.
  public var latencies: [LatencyMargin]
  /// What the reader should know of the models behind it.
  public var warnings: [String]

  /// Mean power of the facility, W.
  public var facilityWatts: Double { facilityEnergy / windowSeconds }

  /// Whether so large a share of the requests met the objective.
  func meets(_ share: Double) -> Bool { attainment >= share }
}

/// A latency at the share of requests that must meet it, beside its bound.
public struct LatencyMargin: Hashable, Sendable {
  /// As in a scenario: `ttft_ms`.
  public var name: String
  public var milliseconds: Double
  public var bound: Double

  public var ratio: Double { milliseconds / bound }
}

extension FleetTrial {
  /// The figures of a run; `share` is that of requests which must meet the objective.
  init(_ run: PolicyRun, in context: StudyContext, share: Double) {
    let result = run.result
    let figures = PolicyFigures(run, in: context)
    attainment = figures.sloAttainment ?? 0
    accuracy = figures.accuracy
    windowSeconds = figures.windowSeconds
    requests = result.requests.completed
    promptTokens = result.tokens.prompt
    outputTokens = result.tokens.output
    gpuEnergy = figures.gpuEnergy
    facilityEnergy = figures.facilityEnergy
    let peak = result.powerMilliwatts.count > 0 ? Double(result.powerMilliwatts.maximum) / 1e3 : 0
    peakFacilityWatts =
      Self.nodeWatts(run.fleet, gpuWatts: peak) * context.powerUsageEffectiveness
    latencies = Self.margins(result.latency, of: run.fleet.objective, at: share)
    warnings = []
  }

  /// The fleet's nodes are of one kind, so that its GPUs' power is enough to know.
  private static func nodeWatts(_ fleet: FleetConfiguration, gpuWatts: Double) -> Double {
    let slope = fleet.pools.first?.nodeWattsPerGPUWatt ?? 1
    return fleet.pools.reduce(gpuWatts * slope) { sum, pool in
      sum + pool.hostPowerPerGPU.watts * Double(pool.replicaCount * pool.gpusPerReplica)
    }
  }

  private static func margins(
    _ latency: LatencySketches, of objective: ServiceLevelObjective, at share: Double
  ) -> [LatencyMargin] {
    let all = [
      ("ttft_ms", objective.timeToFirstToken, latency.timeToFirstToken),
      ("tpot_ms", objective.timePerOutputToken, latency.timePerOutputToken),
      ("e2e_ms", objective.endToEndLatency, latency.endToEnd),
      ("answer_ms", objective.timeToFirstAnswerToken, latency.timeToFirstAnswerToken),
    ]
    return all.compactMap { name, bound, sketch in
      guard let bound, let value = sketch.quantile(share) else { return nil }
      return LatencyMargin(
        name: name, milliseconds: value / 1e6, bound: bound.milliseconds)
    }.sorted { ($1.ratio, $0.name) < ($0.ratio, $1.name) }
  }
}

/// Simulates fleets of one family.
struct TrialRunner: Sendable {
  let scenarios: TrialScenarios
  let share: Double
  let window: TrialWindow?
  let threadLimit: Int

  /// The trials of a fleet with each seed, in order, at a multiple of the plan's rate.
  func trials(_ replicas: [Int], seeds: [UInt64], factor: Double) async throws -> [FleetTrial] {
    let all = try seeds.map {
      try scenarios.scenario(.init(seed: $0, factor: factor, window: window), replicas: replicas)
    }
    let runs = try await RunExecutor(threadLimit: threadLimit).execute(
      all.map { try $0.prepare(policy: 0) })
    return zip(all, runs).map { scenario, run in
      let study = StudyResult(context: StudyContext(scenario, version: ""), runs: [run])
      var trial = FleetTrial(run, in: study.context, share: share)
      trial.warnings = study.context.warnings
      return trial
    }
  }
}
