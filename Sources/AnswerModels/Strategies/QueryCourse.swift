internal import NumericalMethods
internal import Workloads

/// What becomes of a query under an arm of several attempts, on one task.
///
/// Pure functions of the query and of what its attempts have put out.
protocol QueryCourse: Sendable {
  func attempts(of query: Query, after course: AnswerCourse) -> [Attempt]
  func lengths(of query: Query, sample: Int) -> SampleLengths
  func isDecided(_ query: Query, by course: AnswerCourse) -> Bool
  func isCorrect(_ query: Query, by course: AnswerCourse) -> Bool?
  func confidence(in query: Query, sample: Int, reasoningTokens: Int) -> Double?
}

extension QueryCourse {
  func isDecided(_ query: Query, by course: AnswerCourse) -> Bool { false }
  func confidence(in query: Query, sample: Int, reasoningTokens: Int) -> Double? { nil }
}

/// What arms are made from, for one task.
struct CourseMaterial {
  let task: TaskSheet
  let solver: AbilitySolver?
  let seed: UInt64

  /// Samples of a model in a mode; an arm of several attempts draws from one or more of these, with
  /// the luck that the model's own arms have.
  func samples(of model: String, _ mode: ReasoningMode) throws(AnswerModelError) -> SampledAnswers {
    let whole = try behavior(of: model, mode)
    var cut: ArmBehavior?
    if mode != .direct, task.models[model]?[.direct] != nil {
      cut = try behavior(of: model, .direct)
    }
    var options = 0
    if case .choices(let count) = task.answerSpace { options = count }
    return SampledAnswers(
      whole: whole, cut: cut, options: options,
      guess: RandomStream(seed: seed, purpose: "guess/\(model)"))
  }

  private func behavior(
    of model: String, _ mode: ReasoningMode
  ) throws(AnswerModelError) -> ArmBehavior {
    try ArmBehavior(
      arm: ArmSpecification(name: model, modelName: model, strategy: mode.strategy), task: task,
      solver: solver, seed: seed)
  }
}

extension ReasoningMode {
  /// One sample in this mode.
  fileprivate var strategy: Strategy {
    switch self {
    case .direct: .direct
    case .chainOfThought: .chainOfThought
    case .reasoning: .reasoning
    }
  }
}

extension ArmSpecification {
  /// What the arm does with a query of the task; nil where it makes one attempt.
  func course(
    task: TaskSheet, solver: AbilitySolver?, seed: UInt64
  ) throws(AnswerModelError) -> (any QueryCourse)? {
    guard strategy.hasCourse else { return nil }
    let material = CourseMaterial(task: task, solver: solver, seed: seed)
    let samples = try material.samples(of: modelName, strategy.mode)
    switch strategy {
    case .majorityVote(let vote): return VoteCourse(vote: vote, samples: samples)
    case .bestOfN(let best):
      return BestOfNCourse(best: best, samples: samples, model: modelName, seed: seed)
    case .cascade(let cascade):
      return CascadeCourse(
        cascade: cascade, first: samples,
        next: try material.samples(of: cascade.nextModel, cascade.nextMode), model: modelName,
        seed: seed)
    case .selfRefinement(let refinement):
      return RefinementCourse(
        refinement: refinement, samples: samples, model: modelName, seed: seed)
    case .controlledReasoning(let controlled):
      return ControlledCourse(
        controlled: controlled, samples: samples, model: modelName, seed: seed)
    default: return nil
    }
  }
}
