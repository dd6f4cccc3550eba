internal import NumericalMethods
internal import Workloads

/// One arm on one task, ready to draw. A class, because a call would copy a structure of its size.
final class ArmBehavior: Sendable {
  let instructionTokens: Int
  private let reasoning: TokenLengthLaw?
  private let answer: TokenLengthLaw
  private let queryLengthLuck: RandomStream
  private let sampleLengthLuck: RandomStream
  private let sampler: AnswerSampler?
  private let normal = TabulatedQuantile.standardNormal
  private let budget: BudgetedChain?
  /// What an arm of several attempts does; nil for one of a single attempt.
  let course: (any QueryCourse)?
  let hasCourse: Bool

  init(
    arm: ArmSpecification, task: TaskSheet, solver: AbilitySolver?, seed: UInt64
  ) throws(AnswerModelError) {
    let mode = arm.strategy.mode
    let behavior = try task.behavior(of: arm.modelName, mode: mode)
    instructionTokens = behavior.instructionTokens
    reasoning = behavior.reasoning
    answer = behavior.answer
    let owner = "\(arm.modelName)/\(mode.rawValue)"
    queryLengthLuck = RandomStream(seed: seed, purpose: "length of query/\(owner)")
    sampleLengthLuck = RandomStream(seed: seed, purpose: "length of sample/\(owner)")
    budget = try BudgetedChain(arm: arm, task: task, solver: solver, seed: seed)
    course = try arm.course(task: task, solver: solver, seed: seed)
    hasCourse = course != nil
    guard let solver else {
      sampler = nil
      return
    }
    guard let accuracy = behavior.accuracy else {
      throw .noFigures(task: task.name, model: arm.modelName, mode: mode, known: task.modelNames)
    }
    let law = try solver.law(
      of: behavior, accuracy: accuracy, model: arm.modelName, mode: mode)
    sampler = AnswerSampler(law: law, arm: arm, seed: seed)
  }

  /// Lengths of a sample of the arm.
  func lengths(of query: Query, sample: Int) -> SampleLengths {
    if hasCourse, let course { return course.lengths(of: query, sample: sample) }
    let drawn = drawnLengths(of: query, sample: sample)
    return budget?.served(drawn, of: query) ?? drawn
  }

  /// Lengths of a sample that runs to its natural end: that of the query's record, if it has one.
  func drawnLengths(of query: Query, sample: Int) -> SampleLengths {
    if let tokens = query.recordedOutputTokens {
      return SampleLengths(reasoningTokens: 0, answerTokens: max(1, tokens))
    }
    let z = normal.quantile(query.difficulty)
    return SampleLengths(
      reasoningTokens: reasoning.map { tokens($0, z, query.id, sample, part: 0) } ?? 0,
      answerTokens: tokens(answer, z, query.id, sample, part: 1))
  }

  func isCorrect(_ query: Query) -> Bool? {
    guard let sampler else { return nil }
    if let budget, budget.isCut(drawnLengths(of: query, sample: 0), of: query) {
      return budget.isCorrect(query)
    }
    return sampler.isCorrect(query)
  }

  /// Answers of single samples, 0 for the right one; nil where nothing is judged.
  func answers(of query: Query, samples: [Int]) -> [Int]? {
    sampler?.answers(of: query, samples: samples)
  }

  /// The luck of a tie of `votes` votes, uniform on (0, 1).
  func tieBreak(of query: Query, votes: Int) -> Double {
    sampler?.tieBreak(of: query, votes: votes) ?? 0.5
  }

  var isJudged: Bool { sampler != nil }

  /// Draws from `law`; `part` (0 reasoning, 1 answer) keeps the luck of the two apart.
  private func tokens(
    _ law: TokenLengthLaw, _ z: Double, _ id: UInt64, _ sample: Int, part: UInt64
  ) -> Int {
    guard !law.isConstant else { return law.tokens(difficulty: 0, query: 0, sample: 0) }
    let u =
      law.querySpread == 0
      ? 0 : normal.quantile(queryLengthLuck.uniform(id: id, index: part))
    let v =
      law.sampleSpread == 0
      ? 0
      : normal.quantile(sampleLengthLuck.uniform(id: id, index: 2 * UInt64(sample) + part))
    return law.tokens(difficulty: z, query: u, sample: v)
  }
}
