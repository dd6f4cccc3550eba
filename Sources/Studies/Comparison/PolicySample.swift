internal import FleetEngine
internal import Quantities
internal import Scenarios

/// What a comparison keeps of one run: figures of its fleet and sums over batches of its queries.
public struct PolicySample: Sendable {
  public let name: String
  let batches: RequestBatches
  /// Nil where the run was not made for a comparison.
  let details: ComparisonBatches?
  /// Of the whole window, for the metrics that count the fleet's energy.
  let fleetValues: PolicyValues
  /// Joules of the whole window, in the study's scope.
  private let windowEnergy: Double
  /// Whether its batches hold the queries that arrive in the window, and not those that end in it.
  let countsArrivals: Bool
  private let scale: EnergyScale

  public init(_ run: PolicyRun, in context: StudyContext) {
    name = run.name
    batches = run.batches
    details = run.comparisonBatches
    let figures = PolicyFigures(run, in: context)
    var values: PolicyValues = [:]
    values[.energyPerRequest] = figures.energyPerRequest
    values[.energyPerCorrect] = figures.energyPerCorrect
    values[.goodputPerKilojoule] = figures.goodputPerKilojoule
    fleetValues = values
    windowEnergy = figures.scopedEnergy
    countsArrivals = run.fleet.window != .steadyState
    scale = EnergyScale(run, in: context)
  }

  /// The metrics that count the fleet's energy, over the queries that arrive in the window: their
  /// number is the same under every policy, that of those which end in it is not.
  func fleetValues(over sums: RequestSums, metObjective: Int?) -> PolicyValues {
    var values: PolicyValues = [:]
    guard windowEnergy > 0 else { return fleetValues }
    if sums.completed > 0 { values[.energyPerRequest] = windowEnergy / Double(sums.completed) }
    if sums.correct > 0 { values[.energyPerCorrect] = windowEnergy / Double(sums.correct) }
    if fleetValues[.goodputPerKilojoule] != nil, let metObjective {
      values[.goodputPerKilojoule] = Double(metObjective) / (windowEnergy / 1e3)
    }
    return values
  }

  /// The metrics of batches as far as their sums give them.
  func values(
    of sums: RequestSums, _ details: ComparisonSums?, quantiles: PolicyValues?
  ) -> PolicyValues {
    var values: PolicyValues = [:]
    func ratio(_ numerator: Double, _ denominator: Int) -> Double? {
      denominator > 0 ? numerator / Double(denominator) : nil
    }
    values[.attributedEnergyPerRequest] = ratio(sums.energy.joules, sums.completed)
    values[.attributedEnergyPerCorrect] = ratio(sums.energy.joules, sums.correct)
    values[.accuracyPoints] = ratio(100 * Double(sums.correct), sums.judged)
    values[.endToEndLatency] = ratio(sums.endToEndLatency.milliseconds, sums.completed)
    values[.timeToFirstToken] = ratio(sums.timeToFirstToken.milliseconds, sums.completed)
    if let quantiles { values.merge(quantiles) { $1 } }
    guard let details else { return values }
    let energy = scale.joules(details)
    guard energy > 0 else { return values }
    values[.energyPerRequest] = ratio(energy, sums.completed)
    values[.energyPerCorrect] = ratio(energy, sums.correct)
    values[.goodputPerKilojoule] = Double(details.metObjective) / (energy / 1e3)
    return values
  }
}

/// Energy of a scope from GPU energy and time, as they relate over the whole run.
private struct EnergyScale {
  private let joulesPerGPUJoule: Double
  /// Drawn by the hosts whatever the load.
  private let watts: Double

  init(_ run: PolicyRun, in context: StudyContext) {
    guard context.energyScope != .gpu else {
      joulesPerGPUJoule = 1
      watts = 0
      return
    }
    let gpu = run.result.energy.gpu.joules
    let sloped = zip(run.fleet.pools, run.result.energy.gpuByPool).reduce(0) {
      $0 + $1.0.nodeWattsPerGPUWatt * $1.1.joules
    }
    let hosts = run.fleet.pools.reduce(0.0) { sum, pool in
      let perGPU = (pool.hostPowerPerGPU * SimDuration(nanoseconds: 1_000_000_000)).joules
      return sum + perGPU * Double(pool.replicaCount * pool.gpusPerReplica)
    }
    let factor = context.energyScope == .facility ? context.powerUsageEffectiveness : 1
    joulesPerGPUJoule = factor * (gpu > 0 ? sloped / gpu : 1)
    watts = factor * hosts
  }

  func joules(_ sums: ComparisonSums) -> Double {
    joulesPerGPUJoule * sums.fleetEnergy.joules + watts * sums.fleetTime.seconds
  }
}
