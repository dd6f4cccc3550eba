internal import AnswerModels
internal import DeviceModels
internal import FleetEngine

/// Reads the `arms` of a scenario.
struct ArmReader {
  let pools: [PoolSpecification]
  /// The tasks that every arm must be able to answer; empty for a trace.
  let sheets: [TaskSheet]
  /// Knows models by other names than the pools'.
  let models: ModelFinder

  /// Strategies that the program is meant to have and has not.
  static let laterStrategies = [
    "best-of-n", "reasoning-budget", "reasoning", "cascade", "controlled-reasoning",
  ]

  func read(_ value: YAMLValue) throws -> [ArmSpecification] {
    var names = UniqueNames("arm")
    return try value.list { entry in try entry.mapping { try arm($0, &names) } }
  }

  private func arm(_ yaml: YAMLMapping, _ names: inout UniqueNames) throws -> ArmSpecification {
    let name = try names.read(yaml["name"])
    let modelValue = try yaml["model"]
    let model = try modelName(modelValue)
    let strategyValue = try yaml["strategy"]
    let strategy = try Self.strategy(strategyValue)
    let arm = ArmSpecification(name: name, modelName: model, strategy: strategy)
    for sheet in sheets {
      do throws(AnswerModelError) {
        _ = try sheet.behavior(of: model, mode: strategy.mode)
      } catch {
        throw modelValue.error("\(error)")
      }
    }
    if let pool = arm.tooNarrow(pools) {
      throw strategyValue.isNot(
        "at most \(pool.limits.batchRowLimit) samples, the max_num_seqs of pool \(pool.name)")
    }
    return arm
  }

  /// A model that a pool serves, however it is named.
  private func modelName(_ value: YAMLValue) throws -> String {
    let names = pools.map(\.modelName).unique
    if let name = try? models.sheet(value).name, names.contains(name) { return name }
    return try value.choice(among: names)
  }

  static func strategy(_ value: YAMLValue) throws -> Strategy {
    let text = try value.string()
    let known = Strategy.forms.map(\.name)
    do throws(StrategyError) {
      return try Strategy(text: text)
    } catch .unknownStrategy(let name, _) {
      guard !laterStrategies.contains(name) else {
        throw value.error(
          "strategy \"\(name)\" is not available in this version",
          expected: InputError.oneOf(known))
      }
      throw value.isNot(
        InputError.oneOf(Strategy.forms.map(\.usage)),
        suggestion: NearestName.to(name, among: known))
    } catch {
      throw value.error("\(error)")
    }
  }
}

extension ArmSpecification {
  /// The first of the pools that would serve it and has fewer rows than it has samples.
  func tooNarrow(_ pools: [PoolSpecification]) -> PoolSpecification? {
    pools.first { $0.modelName == modelName && strategy.samples > $0.limits.batchRowLimit }
  }
}

extension Array where Element: Hashable {
  /// The elements in their order, each once.
  var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
