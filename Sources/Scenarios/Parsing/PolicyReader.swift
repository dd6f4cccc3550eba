internal import AnswerModels
internal import FleetEngine

/// Reads the `policies` of a scenario.
struct PolicyReader {
  let choices: ArmChoiceReader
  let routes: RouteReader
  /// The pools as a policy wants them.
  let pools: (PolicyDemands) throws -> [PoolSpecification]

  private var arms: [ArmSpecification] { choices.arms }

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
    let choice = try yaml["choose"].mapping(choices.read)
    try checkReserved(name, choice, at: nameValue)
    let route = try yaml.optional("route").map(routes.read)
    let pools = try pools(yaml, choice)
    let decision = try yaml.optional("decision")?.mapping { yaml in
      guard let cost = try DecisionCostReader.read(yaml) else {
        throw yaml.error("nothing is given", expected: "time_ms and joules")
      }
      return cost
    }
    // A sweep was taken out before this: named here for the list of known keys.
    _ = yaml.has("sweep")
    let deploy = try yaml.optional("deploy")?.choice(among: ["used", "all"])
    return PolicySpecification(
      name: name, choice: choice, route: route,
      deploysEveryPool: deploy == "all", ownCost: decision, pools: pools)
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
}
