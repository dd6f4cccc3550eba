internal import Quantities

/// Reads how well a policy knows difficulty, and what that takes.
struct EstimatorReader {
  /// Columns of numbers that the workload declares of each query.
  let columns: [String]

  func read(_ yaml: YAMLMapping) throws -> EstimatorSpecification {
    let correlation = try yaml.optional("correlation")?.double(.between(-1...1))
    let auc = try yaml.optional("auc")?.double(.fraction)
    let isOracle = try yaml.optional("oracle")?.bool() ?? false
    let isLength = try yaml.optional("prompt_length")?.bool() ?? false
    let column = try yaml.optional("column").map { value in
      columns.firstIndex(of: try value.choice(among: columns)) ?? 0
    }
    let cost = try DecisionCostReader.read(yaml)
    try yaml.finish()
    var qualities: [EstimatorSpecification.Quality] = []
    if let correlation { qualities.append(.correlation(correlation)) }
    if let auc { qualities.append(.medianSplitAUC(auc)) }
    if isOracle { qualities.append(.oracle) }
    if isLength { qualities.append(.promptLength) }
    if let column { qualities.append(.column(column)) }
    guard qualities.count == 1 else {
      throw yaml.error(
        "the quality is not given exactly once",
        expected: "one of correlation: -1 to 1, auc: 0 to 1, prompt_length: true, "
          + "column: a declared one, oracle: true")
    }
    return EstimatorSpecification(qualities[0], cost: cost)
  }
}

/// Reads what a decision or an estimate takes: `time_ms` and `joules`, both or neither.
enum DecisionCostReader {
  static func read(_ yaml: YAMLMapping) throws -> DecisionCost? {
    let time = try yaml.optional("time_ms")?.milliseconds(.nonNegative)
    let joules = try yaml.optional("joules")?.double(.nonNegative)
    switch (time, joules) {
    case (nil, nil): return nil
    case (let time?, let joules?): return DecisionCost(time: time, joules: joules)
    default:
      throw yaml.error("only one of time_ms and joules is given", expected: "both, or neither")
    }
  }
}
