internal import AnswerModels
internal import Workloads

/// Reads the `pool` of a workload, and the file that it names.
struct QueryPoolSpecificationReader {
  /// Where relative paths start: the scenario file's folder.
  let folder: String

  func read(_ yaml: YAMLMapping) throws -> QueryPoolInput {
    let pathValue = try yaml["path"]
    let path = InputFile.resolve(try pathValue.string(), from: folder)
    let features = try yaml.optional("features")?.list { try $0.string() } ?? []
    let texts = try yaml.optional("texts")?.list { try $0.string() } ?? []
    let order = try yaml.optional("order")?.choice(of: PoolDraw.Order.self) ?? .random
    let splitValue = yaml.optional("split")
    let split = try splitValue?.string()
    let names = try yaml.optional("arms").map(armNames) ?? [:]
    if let problem = InputFile.problem(at: path) {
      throw pathValue.error(
        "\(pathValue.label) is \"\(path)\": \(problem.problem)", expected: problem.expectation,
        suggestion: problem.suggestion)
    }
    let pool = try Self.pool(at: path, features: features, texts: texts)
    let input = QueryPoolInput(
      pool: pool, path: path, features: features, split: split, order: order, armNames: names)
    if let splitValue, input.drawn.isEmpty {
      let splits = pool.entries.map(\.split).unique.filter { !$0.isEmpty }
      throw splitValue.isNot(
        splits.isEmpty ? "a split, and the pool has none" : InputError.oneOf(splits),
        suggestion: NearestName.to(split ?? "", among: splits))
    }
    return input
  }

  private static func pool(
    at path: String, features: [String], texts: [String]
  ) throws -> QueryPool {
    do {
      return try QueryPoolReader(features: features, texts: texts)
        .read(try FileByteSource(path: path))
    } catch let error as TraceError {
      throw InputError(error, path: path)
    }
  }

  /// Arms of the scenario to names of the pool.
  private func armNames(_ value: YAMLValue) throws -> [String: String] {
    try value.mapping { yaml in
      try Dictionary(
        yaml.keys.map { ($0, try yaml[$0].string()) }, uniquingKeysWith: { first, _ in first })
    }
  }
}

extension QueryPoolInput {
  /// Finds the scenario's arms in the pool. Throws where one is missing, or has a query without an
  /// outcome.
  mutating func bind(_ arms: [ArmSpecification], at value: YAMLValue) throws {
    for name in armNames.keys.sorted() where !arms.contains(where: { $0.name == name }) {
      throw value.error(
        "the pool names an arm \"\(name)\"", expected: InputError.oneOf(arms.map(\.name)),
        suggestion: NearestName.to(name, among: arms.map(\.name)))
    }
    poolArms = try arms.map { arm in
      let name = armNames[arm.name] ?? arm.name
      guard let position = pool.armNames.firstIndex(of: name) else {
        throw value.error(
          "the pool \(path) has no arm \"\(name)\"", expected: InputError.oneOf(pool.armNames),
          suggestion: NearestName.to(name, among: pool.armNames))
      }
      guard arm.strategy.samples == 1 else {
        throw value.error(
          "arm \(arm.name) runs \(arm.strategy.samples) samples, and a pool holds one outcome",
          expected: "a strategy of one sample")
      }
      return position
    }
    let needed = poolArms.compactMap(\.self).unique
    if let missing = pool.missingOutcome(among: drawn + kept, arms: needed) {
      throw InputError(
        file: path, problem: "query \(missing.query) has no outcome under arm \(missing.arm)",
        expectation: "a row for each query and arm that the scenario uses")
    }
  }
}
