public import Scenarios

extension StudyContext {
  /// What the figures of a study of `scenario` need to know of it.
  public init(_ scenario: Scenario, version: String) {
    self.init(
      scenarioName: scenario.name, question: scenario.question, scenarioSHA256: scenario.sha256,
      calibrationSHA256: scenario.calibrationSHA256, seed: scenario.seed, version: version,
      warnings: scenario.warnings, taskNames: scenario.taskNames,
      energyScope: EnergyScope(scenario.measurement.energyBoundary),
      powerUsageEffectiveness: scenario.surroundings.powerUsageEffectiveness,
      prices: scenario.prices.map {
        Prices(perGPUHour: $0.gpuHour, perKilowattHour: $0.electricityPerKilowattHour)
      },
      carbonGramsPerKilowattHour: scenario.grid?.carbonGramsPerKilowattHour,
      familiesByPolicy: scenario.familiesByFixedArmRun)
  }
}

extension EnergyScope {
  init(_ boundary: EnergyBoundary) {
    switch boundary {
    case .gpu: self = .gpu
    case .node: self = .node
    case .facility: self = .facility
    }
  }
}
