internal import FleetEngine
internal import Quantities
public import Scenarios

/// The figures that follow from one run, by the definitions of docs/metrics.md; nil where one is
/// undefined (nothing completed, nothing judged, no objective, no prices).
public struct PolicyFigures: Sendable {
  /// Length of the measurement window, seconds.
  public let windowSeconds: Double
  public let gpuCount: Int
  /// Joules by scope.
  public let gpuEnergy: Double
  public let nodeEnergy: Double
  public let facilityEnergy: Double
  public let energyScope: EnergyScope
  /// Of the three, that of the scope, with what the policy's decisions drew.
  let scopedEnergy: Double
  /// Joules, in the context's scope, with what the policy's decisions drew.
  public let energyPerOutputToken: Double?
  public let energyPerRequest: Double?
  public let energyPerCorrect: Double?
  /// GPU joules, whatever the scope.
  public let gpuEnergyPerRequest: Double?
  public let accuracy: Proportion?
  /// By task of the context.
  public let accuracyByTask: [Proportion?]
  /// Mean GPU power of the fleet, watts.
  public let meanPower: Double?
  public let cost: Double?
  /// Grams of CO2 equivalent.
  public let carbonGrams: Double?
  /// Share of ended requests that completed and met the whole objective.
  public let sloAttainment: Double?
  /// Requests per second that met the whole objective.
  public let goodput: Double?
  /// Requests that met the whole objective, by energy in the context's scope.
  public let goodputPerKilojoule: Double?
  public let outputTokensPerSecond: Double?
  /// Decode rows per iteration that decodes.
  public let meanBatch: Double?
  /// Prompt tokens whose KV was in the prefix cache, among those and the ones computed.
  public let cachedPromptShare: Double?
  public let point: PolicyPoint?

  public init(_ run: PolicyRun, in context: StudyContext) {
    let result = run.result
    let window = (result.windowEnd - result.windowStart).seconds
    windowSeconds = window
    gpuCount = run.fleet.pools.reduce(0) { $0 + $1.gpuCount }
    gpuEnergy = result.energy.gpu.joules
    nodeEnergy = Self.nodeEnergy(run)
    facilityEnergy = nodeEnergy * context.powerUsageEffectiveness
    energyScope = context.energyScope

    let scoped =
      [gpuEnergy, nodeEnergy, facilityEnergy][context.energyScope.index] + run.decisionJoules
    scopedEnergy = scoped
    let judged = result.correctByTask.reduce(0) { $0 + $1.judged }
    let correct = result.correctByTask.reduce(0) { $0 + $1.correct }
    energyPerOutputToken = scoped.per(Double(result.tokens.output))
    energyPerRequest = scoped.per(Double(result.requests.completed))
    energyPerCorrect = scoped.per(Double(correct))
    gpuEnergyPerRequest = gpuEnergy.per(Double(result.requests.completed))
    accuracy = Proportion(successes: correct, trials: judged)
    accuracyByTask = context.taskNames.indices.map { task in
      guard task < result.correctByTask.count else { return nil }
      let counts = result.correctByTask[task]
      return Proportion(successes: counts.correct, trials: counts.judged)
    }

    meanPower = gpuEnergy.per(window)
    let kilowattHours = facilityEnergy / Self.joulesPerKilowattHour
    let gpuHours = Double(gpuCount) * window / Self.secondsPerHour
    cost = context.prices.map {
      $0.gpuHour * gpuHours + $0.electricityPerKilowattHour * kilowattHours
    }
    carbonGrams = context.grid.map { $0.carbonGramsPerKilowattHour * kilowattHours }

    let hasObjective = !run.fleet.objective.isEmpty
    let met = Double(result.requests.metObjective)
    let ended = result.requests.ended
    sloAttainment = hasObjective ? met.per(Double(ended)) : nil
    goodput = hasObjective ? met.per(window) : nil
    goodputPerKilojoule = hasObjective ? met.per(scoped / 1e3) : nil
    outputTokensPerSecond = Double(result.tokens.output).per(window)
    meanBatch = Double(result.decodeRowSum).per(Double(result.decodeIterations))
    cachedPromptShare = Double(result.tokens.cachedPrompt)
      .per(Double(result.tokens.cachedPrompt + result.tokens.prompt))
    point = Self.point(run.name, energyPerRequest, accuracy)
  }

  private static let secondsPerHour = 3600.0
  private static let joulesPerKilowattHour = 3.6e6

  /// GPU energy times the node's slope, plus what the hosts draw whatever the load, by pool.
  private static func nodeEnergy(_ run: PolicyRun) -> Double {
    let window = run.result.windowEnd - run.result.windowStart
    return zip(run.fleet.pools, run.result.energy.gpuByPool).reduce(0) { sum, entry in
      let (pool, energy) = entry
      let host = pool.hostPowerPerGPU * window
      return sum + energy.joules * pool.nodeWattsPerGPUWatt + host.joules * Double(pool.gpuCount)
    }
  }

  private static func point(
    _ name: String, _ energy: Double?, _ accuracy: Proportion?
  ) -> PolicyPoint? {
    guard let energy, let accuracy else { return nil }
    return PolicyPoint(name: name, energyPerRequest: energy, accuracy: accuracy.mean)
  }
}

extension RequestCounts {
  /// However they did.
  var ended: Int { completed + rejected + timedOut + cancelled }
}

extension PoolConfiguration {
  fileprivate var gpuCount: Int { replicaCount * gpusPerReplica }
}

extension EnergyScope {
  /// Position in the order GPU, node, facility.
  fileprivate var index: Int {
    switch self {
    case .gpu: 0
    case .node: 1
    case .facility: 2
    }
  }
}

extension Double {
  /// The quotient; nil where nothing is divided by.
  fileprivate func per(_ denominator: Double) -> Double? {
    denominator > 0 ? self / denominator : nil
  }
}
