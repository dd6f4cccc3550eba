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
    declaredFixedArms = Set(Self.mixable(scenario.policies).map(\.name))
    policiesAssumedFree = scenario.policiesAssumedFree
  }

  /// The policies that give every query one arm, as far as a coin could be tossed between them:
  /// on the fleet's own engines, sent to replicas in the same way and with the same pools deployed.
  /// Those without a route of their own, where there are any; else those like the first.
  private static func mixable(_ policies: [PolicySpecification]) -> [PolicySpecification] {
    let fixed = policies.filter { policy in
      guard case .fixed = policy.choice else { return false }
      return policy.pools == nil
    }
    guard let model = fixed.first(where: { $0.route == nil }) ?? fixed.first else { return [] }
    return fixed.filter {
      $0.route == model.route && $0.deploysEveryPool == model.deploysEveryPool
    }
  }
}
