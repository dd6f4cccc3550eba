internal import AnswerModels
internal import Policies

/// Choices that weigh accuracy against energy.
extension ArmChoiceReader {
  func bandit(_ kindValue: YAMLValue, _ yaml: YAMLMapping) throws -> BanditSpecification {
    let kind = try kindValue.choice(among: ["linear", "thompson"])
    let explore = try yaml["explore"].double(.nonNegative)
    try requireJudgedTasks(at: kindValue)
    return BanditSpecification(
      arms: try someArms(yaml["arms"]),
      exploration: kind == "linear" ? .optimism(width: explore) : .sampling(scale: explore),
      lambda: try yaml["lambda"].double(.nonNegative),
      judge: try yaml["judge"].mapping(Self.judge),
      estimator: try yaml.optional("estimator").map(estimator))
  }

  func zeta(_ weight: YAMLValue, _ yaml: YAMLMapping) throws -> ZetaSpecification {
    let forms = try yaml["arms"].mapping { mapping in
      try arms.indices.compactMap { index in
        try mapping.optional(arms[index].name).map { value in
          try value.mapping { try zetaArm(index, $0) }
        }
      }
    }
    guard !forms.isEmpty else {
      throw yaml.error("no arm is given", expected: "arms with accuracy and joules")
    }
    return ZetaSpecification(
      zeta: try weight.double(.fraction), arms: forms,
      expectedOutputTokens: try yaml["expected_output"].int(in: 1...LengthReader.most))
  }

  private func zetaArm(_ arm: Int, _ yaml: YAMLMapping) throws -> ZetaArm {
    let accuracy = try yaml["accuracy"].double(.positive)
    let value = try yaml["joules"]
    let joules = try value.list { try $0.double() }
    guard joules.count == 3 else {
      throw value.isNot("[by prompt token, by output token, by their product]")
    }
    return ZetaArm(arm: arm, accuracy: accuracy, joules: SIMD3(joules))
  }

  func joint(
    _ armsValue: YAMLValue, _ yaml: YAMLMapping, knowsCorrectness: Bool = false
  ) throws -> JointSpecification {
    try requireJudgedTasks(at: armsValue)
    var specification = JointSpecification(
      arms: try someArms(armsValue), target: try target(yaml),
      knowsCorrectness: knowsCorrectness, estimator: nil, judge: nil,
      trainingQueries: Self.trainingQueries)
    guard !knowsCorrectness else { return specification }
    specification.estimator = try yaml.optional("estimator").map(estimator)
    specification.judge = try yaml.optional("judge")?.mapping(Self.judge)
    if let training = yaml.optional("training_queries") {
      specification.trainingQueries = try training.int(in: 100...10_000_000)
    }
    return specification
  }

  func process(_ command: YAMLValue, _ yaml: YAMLMapping) throws -> ProcessSpecification {
    let words = try command.list { try $0.string() }
    let state = try yaml["state"]
    let mode: ProcessSpecification.Mode
    switch try state.choice(among: ["none", "window", "present"]) {
    case "none": mode = .independent
    case "window": mode = .window(try yaml["window"].duration())
    default: mode = .lockStep
    }
    return ProcessSpecification(
      command: words, mode: mode,
      arms: try yaml.optional("arms").map(someArms) ?? Array(arms.indices),
      estimator: try yaml.optional("estimator").map(estimator), folder: folder,
      place: InputPlace(command))
  }

  /// Enough for a standard error of a percent or two at each estimate of three tasks.
  private static let trainingQueries = 30_000

  private func target(_ yaml: YAMLMapping) throws -> RoutingTarget {
    let lambda = try yaml.optional("lambda")?.double(.nonNegative)
    let floor = try yaml.optional("accuracy_floor")?.double(.openFraction)
    let budget = try yaml.optional("joule_budget")?.double(.positive)
    switch (lambda, floor, budget) {
    case (let lambda?, nil, nil): return .lambda(lambda)
    case (nil, let floor?, nil): return .accuracyFloor(floor)
    case (nil, nil, let budget?): return .jouleBudget(budget)
    default:
      throw yaml.error(
        "the target is not given exactly once",
        expected: "one of lambda, accuracy_floor, joule_budget")
    }
  }

  private static func judge(_ yaml: YAMLMapping) throws -> JudgeSpecification {
    JudgeSpecification(
      labelRate: try yaml["label_rate"].double(.positiveFraction),
      error: try yaml["error"].double(Bounds(lower: 0, upper: 0.5, excludesUpper: true)),
      delay: try yaml["delay"].duration(.nonNegative))
  }

  private func requireJudgedTasks(at value: YAMLValue) throws {
    guard !judgesAnswers else { return }
    throw value.error(
      "\(value.label) weighs right answers, and no task of the workload has any",
      expected: "tasks with right answers")
  }
}
