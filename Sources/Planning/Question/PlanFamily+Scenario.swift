internal import Scenarios

extension PlanFamily {
  /// Name of the pool at an index, in scenarios and in answers.
  public static func poolName(_ index: Int) -> String { "pool-\(index + 1)" }

  /// The settings that make a fleet, arms and a policy of the family.
  func settings(replicas: [Int]) -> [ScenarioSetting] {
    var settings = [
      ScenarioSetting(
        path: "fleet.pools", value: "[\(poolTexts(replicas).joined(separator: ", "))]"),
      ScenarioSetting(path: "arms", value: "[\(armTexts.joined(separator: ", "))]"),
      ScenarioSetting(
        path: "policies", value: "[{name: plan, choose: {arm: arm-1}, route: least-loaded}]"),
    ]
    if !choice.isEmpty {
      settings.append(ScenarioSetting(path: "policies.0.choose", value: choice))
      for (key, arm) in [("below", 1), ("above", 2)] {
        settings.append(ScenarioSetting(path: "policies.0.choose.\(key)", value: "arm-\(arm)"))
      }
    }
    return settings
  }

  private func poolTexts(_ replicas: [Int]) -> [String] {
    zip(pools, replicas).enumerated().map { index, entry in
      let (pool, count) = entry
      var text =
        "{name: \(Self.poolName(index)), model: \"\(pool.model)\", gpu: \"\(pool.gpu)\", "
        + "tensor_parallel_size: \(pool.tensorParallel), replicas: \(count)"
      if let cap = pool.capWatts { text += ", cap_w: \(cap)" }
      if !pool.engine.isEmpty { text += ", engine: \(pool.engine)" }
      return text + "}"
    }
  }

  private var armTexts: [String] {
    arms.enumerated().map { index, arm in
      "{name: arm-\(index + 1), model: \"\(arm.pool.model)\", strategy: \"\(arm.strategy)\"}"
    }
  }
}
