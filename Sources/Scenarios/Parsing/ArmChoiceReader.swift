internal import AnswerModels

/// Reads what a policy says under `choose`.
struct ArmChoiceReader {
  let arms: [ArmSpecification]
  let knowsDifficulty: Bool
  /// Columns of numbers that the workload declares of each query.
  let columns: [String]
  /// In which processes run: the scenario file's.
  let folder: String
  /// Tasks whose answers somebody can judge.
  let judgesAnswers: Bool

  private var armNames: [String] { arms.map(\.name) }

  private static let forms = [
    "arm", "mix", "threshold", "bandit", "zeta", "joint", "oracle", "process",
  ]

  func read(_ yaml: YAMLMapping) throws -> ArmChoiceSpecification {
    if let fixed = yaml.optional("arm") { return .fixed(arm: try arm(fixed)) }
    if let mix = yaml.optional("mix") { return .mix(try self.mix(mix)) }
    if let signal = yaml.optional("threshold") {
      return .threshold(try threshold(signal, yaml))
    }
    if let kind = yaml.optional("bandit") { return .bandit(try bandit(kind, yaml)) }
    if let weight = yaml.optional("zeta") { return .zeta(try zeta(weight, yaml)) }
    if let arms = yaml.optional("joint") { return .joint(try joint(arms, yaml)) }
    if let arms = yaml.optional("oracle") {
      return .joint(try joint(arms, yaml, knowsCorrectness: true))
    }
    if let command = yaml.optional("process") { return .process(try process(command, yaml)) }
    try yaml.finish()
    throw yaml.error("nothing is given", expected: InputError.oneOf(Self.forms))
  }

  func arm(_ value: YAMLValue) throws -> Int {
    let name = try value.choice(among: armNames)
    guard let index = armNames.firstIndex(of: name) else { throw value.isNot("an arm") }
    return index
  }

  /// Some of the arms by name, or `all`.
  func someArms(_ value: YAMLValue) throws -> [Int] {
    guard value.isList else {
      guard try value.string() == "all" else { throw value.isNot("all, or a list of arms") }
      return Array(arms.indices)
    }
    return try value.list { try arm($0) }.unique
  }

  func estimator(_ value: YAMLValue) throws -> EstimatorSpecification {
    guard knowsDifficulty else {
      throw value.error(
        "an estimator is given for a trace without tasks", expected: "tasks in the workload")
    }
    return try value.mapping(EstimatorReader(columns: columns).read)
  }

  private func mix(_ value: YAMLValue) throws -> [ArmShare] {
    let shares = try value.mapping { yaml in
      try arms.indices.compactMap { index in
        try yaml.optional(armNames[index]).map {
          ArmShare(arm: index, share: try $0.double(.between(0...1e12)))
        }
      }
    }
    guard shares.contains(where: { $0.share > 0 }) else {
      throw value.error("the shares of \(value.label) sum to 0", expected: "one share > 0")
    }
    return shares
  }

  private func threshold(
    _ signalValue: YAMLValue, _ yaml: YAMLMapping
  ) throws -> ThresholdSpecification {
    let kinds = ["difficulty", "prompt-length"] + (columns.isEmpty ? [] : ["column"])
    let kind = try signalValue.choice(among: kinds)
    var signal = kind == "difficulty" ? SignalSpecification.difficulty : .promptLength
    if kind == "column" {
      let name = try yaml["column"].choice(among: columns)
      signal = .column(columns.firstIndex(of: name) ?? 0)
    }
    let atValue = try yaml["at"]
    let thresholds =
      try atValue.isList
      ? atValue.list { try bound($0, signal) }
      : [bound(atValue, signal)]
    guard zip(thresholds, thresholds.dropFirst()).allSatisfy(<) else {
      throw atValue.isNot("a list of ascending numbers")
    }
    let steps = try self.steps(yaml, thresholds: thresholds, isList: atValue.isList)
    var specification = ThresholdSpecification(
      signal: signal, thresholds: thresholds, arms: steps, estimator: nil)
    if signal == .difficulty {
      guard knowsDifficulty else {
        throw signalValue.isNot("prompt-length: a trace records no difficulty")
      }
      specification.estimator = try estimator(yaml["estimator"])
    }
    return specification
  }

  private func bound(_ value: YAMLValue, _ signal: SignalSpecification) throws -> Double {
    switch signal {
    case .promptLength: Double(try value.int(in: 1...LengthReader.most))
    case .difficulty: try value.double(.openFraction)
    case .column: try value.double()
    }
  }

  /// `below` and `above` of one threshold; `arms` of a list, one more than thresholds.
  private func steps(
    _ yaml: YAMLMapping, thresholds: [Double], isList: Bool
  ) throws -> [Int] {
    guard isList else { return [try arm(yaml["below"]), try arm(yaml["above"])] }
    let value = try yaml["arms"]
    let arms = try value.list { try arm($0) }
    guard arms.count == thresholds.count + 1 else {
      throw value.error(
        "\(value.label) is a list of \(arms.count)",
        expected: "\(thresholds.count + 1) arms, one more than thresholds")
    }
    return arms
  }
}
