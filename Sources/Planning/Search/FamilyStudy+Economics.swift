internal import DeviceModels
internal import FleetEngine
internal import Quantities
internal import Scenarios

extension FamilyStudy {
  /// The fleet of the search, spare replicas added.
  func deployed(_ replicas: [Int]) -> PlacedFleet {
    PlacedFleet(family: family, replicas: replicas.map { $0 + question.limits.spareReplicas })
  }

  /// What the means say of the least fleet: what no fleet of the family takes much less than.
  func estimate() -> FleetEconomics {
    let fleet = deployed(least)
    let peak = question.demand.peakFactor
    let surroundings = scenario.surroundings
    let hours = question.demand.factorByHour.map { factor -> FleetEconomics.HourlyLoad in
      let gpu = zip(screens, fleet.replicas).reduce(0.0) {
        $0 + $1.0.watts(replicas: $1.1, factor: factor / peak)
      }
      let host = (surroundings.node?.hostPowerPerGPU ?? 0) * Double(fleet.gpuCount)
      let node = gpu * (surroundings.node?.wattsPerGPUWatt ?? 1) + host
      let tokens = screens.reduce(0.0) { $0 + $1.outputTokensPerSecond } * factor / peak
      return FleetEconomics.HourlyLoad(
        watts: node * surroundings.powerUsageEffectiveness, outputTokensPerSecond: tokens,
        promptTokensPerSecond: 0)
    }
    return FleetEconomics(
      hours: hours, peakWatts: hours.map(\.watts).max() ?? 0, gpusByName: fleet.gpusByName,
      prices: question.prices, grid: question.grid)
  }

  /// Loads at which a day is simulated; between them its hours lie on straight lines.
  private static let levelCount = 5

  /// What the deployed fleet takes, simulated at as many loads as its day asks for.
  func economics(of replicas: [Int], seed: UInt64? = nil) async throws -> FleetEconomics {
    let fleet = deployed(replicas)
    let factors = question.demand.factorByHour.map { max($0, Self.leastFactor) }
    let low = factors.min() ?? 1
    let high = factors.max() ?? 1
    let count = low < high ? Self.levelCount : 1
    var levels: [(factor: Double, trial: FleetTrial)] = []
    for index in 0..<count {
      let share = count == 1 ? 0 : Double(index) / Double(count - 1)
      let factor = low + (high - low) * share
      let trials = try await runner.trials(
        fleet.replicas, seeds: [seed ?? question.seed], factor: factor)
      levels.append((factor, trials[0]))
    }
    return FleetEconomics(
      hours: factors.map { Self.load(at: $0, levels) },
      peakWatts: levels.map(\.trial.peakFacilityWatts).max() ?? 0, gpusByName: fleet.gpusByName,
      prices: question.prices, grid: question.grid)
  }

  /// An hour in which nobody comes is simulated with next to nobody.
  private static let leastFactor = 0.001

  private static func load(
    at factor: Double, _ levels: [(factor: Double, trial: FleetTrial)]
  ) -> FleetEconomics.HourlyLoad {
    let upper = levels.firstIndex { $0.factor >= factor } ?? levels.count - 1
    let lower = max(0, upper - 1)
    let span = levels[upper].factor - levels[lower].factor
    let share = span > 0 ? (factor - levels[lower].factor) / span : 1
    func value(_ of: (FleetTrial) -> Double) -> Double {
      of(levels[lower].trial) * (1 - share) + of(levels[upper].trial) * share
    }
    return FleetEconomics.HourlyLoad(
      watts: value(\.facilityWatts),
      outputTokensPerSecond: value { Double($0.outputTokens) / $0.windowSeconds },
      promptTokensPerSecond: value { Double($0.promptTokens) / $0.windowSeconds })
  }
}
