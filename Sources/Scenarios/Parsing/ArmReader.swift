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
    try checkFurtherModels(of: strategy, at: strategyValue)
    for sheet in sheets {
      do throws(AnswerModelError) {
        _ = try sheet.behavior(of: model, mode: strategy.mode)
      } catch {
        throw modelValue.error("\(error)")
      }
      do throws(AnswerModelError) {
        for further in strategy.furtherModes {
          _ = try sheet.behavior(of: further.model, mode: further.mode)
        }
      } catch {
        throw strategyValue.error("\(error)")
      }
    }
    if let pool = arm.tooNarrow(pools) {
      throw strategyValue.isNot(
        "at most \(pool.limits.batchRowLimit) samples, the max_num_seqs of pool \(pool.name)")
    }
    return arm
  }

  /// Models beside the arm's own must be served, and what tells right from wrong must be known.
  private func checkFurtherModels(of strategy: Strategy, at value: YAMLValue) throws {
    if strategy.hasCourse, sheets.isEmpty {
      throw value.isNot("a strategy of one attempt: nobody knows the answers of a trace")
    }
    let served = pools.map(\.modelName).unique
    for further in strategy.furtherModels where !served.contains(further.name) {
      throw value.error(
        "no pool serves \"\(further.name)\"", expected: InputError.oneOf(served),
        suggestion: NearestName.to(further.name, among: served))
    }
  }

  /// A model that a pool serves, however it is named.
  private func modelName(_ value: YAMLValue) throws -> String {
    let names = pools.map(\.modelName).unique
    if let name = try? models.sheet(value).name, names.contains(name) { return name }
    return try value.choice(among: names)
  }

  static func strategy(_ value: YAMLValue) throws -> Strategy {
    let text = try value.string()
    do throws(StrategyError) {
      return try Strategy(text: text)
    } catch .unknownStrategy(let name, let known) {
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
    let needs = [(name: modelName, samples: strategy.samples)] + strategy.furtherModels
    return pools.first { pool in
      needs.contains { $0.name == pool.modelName && $0.samples > pool.limits.batchRowLimit }
    }
  }
}

extension Array where Element: Hashable {
  /// The elements in their order, each once.
  var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
