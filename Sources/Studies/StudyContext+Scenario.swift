internal import AnswerModels
public import Scenarios

extension StudyContext {
  /// What the figures of a study of `scenario` need to know of it.
  public init(_ scenario: Scenario, version: String) {
    self.init(
      scenarioName: scenario.name, question: scenario.question, scenarioSHA256: scenario.sha256,
      calibrationSHA256: scenario.calibrationSHA256, seed: scenario.seed,
      engineArguments: scenario.engineArguments,
      operatingPoints: scenario.operatingPoints, version: version,
      warnings: scenario.warnings, taskNames: scenario.taskNames,
      energyScope: scenario.measurement.energyScope,
      powerUsageEffectiveness: scenario.surroundings.powerUsageEffectiveness,
      prices: scenario.prices, grid: scenario.grid,
      familiesByPolicy: scenario.familiesByRun,
      fixedArmPolicies: Set(scenario.arms.map { Scenario.fixedArmRunName($0.name) }))
    scenarioText = scenario.text
    sources = scenario.sources
    sweptFamilies = scenario.sweptFamilies
    declaredFixedArms = Set(
      scenario.policies.filter { policy in
        if case .fixed = policy.choice { true } else { false }
      }.map(\.name))
    policiesAssumedFree = scenario.policiesAssumedFree
  }
}
