internal import AnswerModels
internal import FleetEngine

/// Reads the `policies` of a scenario.
struct PolicyReader {
  let arms: [ArmSpecification]
  let knowsDifficulty: Bool
  /// The pools as a policy wants them.
  let pools: (PolicyDemands) throws -> [PoolSpecification]

  private var armNames: [String] { arms.map(\.name) }

  func read(_ value: YAMLValue) throws -> [PolicySpecification] {
    var names = UniqueNames("policy")
    return try value.list { entry in
      try PolicySweep.variants(of: entry).map { variant in
        var policy = try variant.value.mapping { yaml in try self.policy(yaml, &names) }
        policy.family = variant.family
        return policy
      }
    }.flatMap(\.self)
  }

  private func policy(
    _ yaml: YAMLMapping, _ names: inout UniqueNames
  ) throws -> PolicySpecification {
    let nameValue = try yaml["name"]
    let name = try names.read(nameValue)
    let choice = try yaml["choose"].mapping(choice)
    try checkReserved(name, choice, at: nameValue)
    let route = try yaml.optional("route")?.choice(of: RouteSpecification.self)
    let pools = try pools(yaml, choice)
    // A sweep was taken out before this: named here for the list of known keys.
    _ = yaml.has("sweep")
    let deploy = try yaml.optional("deploy")?.choice(among: ["used", "all"])
    return PolicySpecification(
      name: name, choice: choice, route: route ?? .leastLoaded,
      deploysEveryPool: deploy == "all", pools: pools)
  }

  /// Nil where the policy takes the fleet as it is.
  private func pools(
    _ yaml: YAMLMapping, _ choice: ArmChoiceSpecification
  ) throws -> [PoolSpecification]? {
    let engine = yaml.optional("engine")
    let operatingPoint = OperatingPointReader(yaml)
    guard engine != nil || !operatingPoint.isEmpty else { return nil }
    var demands = PolicyDemands(operatingPoint: operatingPoint)
    if let engine { demands.engine = try engine.mapping { EngineSettings($0) } }
    let pools = try self.pools(demands)
    for arm in choice.arms.map({ arms[$0] }) {
      guard let engine, let pool = arm.tooNarrow(pools) else { continue }
      throw engine.error(
        "max_num_seqs of pool \(pool.name) is \(pool.limits.batchRowLimit)",
        expected: "at least the \(arm.strategy.samples) samples of arm \(arm.name)")
    }
    return pools
  }

  /// `compare` adds one run per arm, named after it: no other policy may take that name.
  private func checkReserved(
    _ name: String, _ choice: ArmChoiceSpecification, at value: YAMLValue
  ) throws {
    guard let arm = arms.firstIndex(where: { Scenario.fixedArmRunName($0.name) == name }),
      choice != .fixed(arm: arm)
    else { return }
    throw value.isNot("another name: this one means arm \(arms[arm].name) for every query")
  }

  private func choice(_ yaml: YAMLMapping) throws -> ArmChoiceSpecification {
    if let fixed = yaml.optional("arm") { return .fixed(arm: try arm(fixed)) }
    let kindValue = try threshold(yaml)
    let kind = try kindValue.choice(among: ["difficulty", "prompt-length"])
    let at = try yaml["at"]
    let below = try arm(yaml["below"])
    let above = try arm(yaml["above"])
    guard kind == "difficulty" else {
      return .promptLength(at: try at.int(in: 1...LengthReader.most), below: below, above: above)
    }
    guard knowsDifficulty else {
      throw kindValue.isNot("prompt-length: a trace records no difficulty")
    }
    return .difficulty(
      at: try at.double(.openFraction), below: below, above: above,
      estimator: try yaml["estimator"].mapping(estimator))
  }

  private func threshold(_ yaml: YAMLMapping) throws -> YAMLValue {
    if let value = yaml.optional("threshold") { return value }
    try yaml.finish()
    throw yaml.error("nothing is given", expected: "arm or threshold")
  }

  private func estimator(_ yaml: YAMLMapping) throws -> EstimatorSpecification {
    let correlation = try yaml.optional("correlation")?.double(.between(-1...1))
    let auc = try yaml.optional("auc")?.double(.fraction)
    let oracle = yaml.optional("oracle")
    let isOracle = try oracle?.bool() ?? false
    try yaml.finish()
    switch (correlation, auc, isOracle) {
    case (let correlation?, nil, false): return .correlation(correlation)
    case (nil, let auc?, false): return .medianSplitAUC(auc)
    case (nil, nil, true): return .oracle
    default:
      throw yaml.error(
        "the quality is not given exactly once",
        expected: "one of correlation: -1 to 1, auc: 0 to 1, oracle: true")
    }
  }

  private func arm(_ value: YAMLValue) throws -> Int {
    let name = try value.choice(among: armNames)
    guard let index = armNames.firstIndex(of: name) else { throw value.isNot("an arm") }
    return index
  }
}
