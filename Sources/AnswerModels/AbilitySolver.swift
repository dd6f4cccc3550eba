internal import NumericalMethods

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// Finds how a model answers a task: the law whose mean accuracy equals the published one.
public struct AbilitySolver {
  private let task: String
  private let answers: AnswerSpace
  private var response: ItemResponse

  /// Bounds the work of one draw; published fits use up to 25.
  private static let allowedWrongAnswers = 1...64
  /// Accuracies beyond which spreads grow no further: no fit has seen any.
  private static let growingAccuracies = 0.02...0.98

  public init(task: TaskSheet, response: ItemResponse) throws(AnswerModelError) {
    try self.init(task: task.name, answers: task.answerSpace, response: response)
  }

  /// `task` is what errors name.
  public init(
    task: String, answers: AnswerSpace, response: ItemResponse
  ) throws(AnswerModelError) {
    guard Self.allowedWrongAnswers.contains(answers.wrongAnswers) else {
      throw .invalidParameter(
        "wrong answers of task \(task)", value: Double(answers.wrongAnswers),
        expected: "1 to 64")
    }
    self.task = task
    self.answers = answers
    self.response = response
  }

  /// The law of `behavior`, whose task is judged.
  public func law(
    of behavior: ModeBehavior, accuracy: Double, model: String, mode: ReasoningMode
  ) throws(AnswerModelError) -> AnswerLaw {
    var solver = self
    if let share = behavior.unanswerableShare { solver.response.unanswerableShare = share }
    return try solver.law(
      accuracy: accuracy, decisiveness: behavior.decisiveness, model: model, mode: mode)
  }

  /// The law by which single samples are right with probability `accuracy` over reference queries.
  ///
  /// `decisiveness` multiplies what the task says of the model's spreads (and divides the
  /// concentration of a beta law).
  public func law(
    accuracy: Double, decisiveness: Double = 1, model: String = "", mode: ReasoningMode = .direct
  ) throws(AnswerModelError) -> AnswerLaw {
    let badKeys = response.unanswerableShare * response.unanswerableAccuracy
    let target = (accuracy - badKeys) / (1 - response.unanswerableShare)
    switch response.curve {
    case .softmax(let spread, let growth):
      let known = min(
        max(accuracy, Self.growingAccuracies.lowerBound), Self.growingAccuracies.upperBound)
      let factor = decisiveness * pow(known / (1 - known), growth)
      let own = min(
        max(factor * spread, ItemResponse.spreads.lowerBound), ItemResponse.spreads.upperBound)
      let wrong = min(factor * response.wrongAnswerSpread, ItemResponse.spreads.upperBound)
      let curve = AdvantageCurve(
        wrongAnswerSpread: wrong, wrongAnswers: answers.wrongAnswers,
        choices: answers.isMultipleChoice)
      let ability = try solve(curve, own, accuracy, target, model, mode)
      return AnswerLaw(
        chance: answers.isMultipleChoice ? .choices : .open, wrongAnswers: answers.wrongAnswers,
        ability: ability, abilitySpread: own, wrongAnswerSpread: wrong, response: response)
    case .beta(let concentration):
      guard target > 0, target < 1 else { throw unreachable(accuracy, model, mode, 0...1) }
      let own = concentration / decisiveness
      let range = BetaDistribution.parameters
      let law = BetaDistribution(
        a: min(max(own * target, range.lowerBound), range.upperBound),
        b: min(max(own * (1 - target), range.lowerBound), range.upperBound))
      return AnswerLaw(
        chance: .beta(law), wrongAnswers: answers.wrongAnswers, ability: 0, abilitySpread: 0,
        wrongAnswerSpread: response.wrongAnswerSpread, response: response)
    }
  }

  private func solve(
    _ curve: AdvantageCurve, _ spread: Double, _ accuracy: Double, _ target: Double,
    _ model: String, _ mode: ReasoningMode
  ) throws(AnswerModelError) -> Double {
    let range = AdvantageCurve.knowledge
    do {
      return try RootFinding.root(in: range) { curve.mean(ability: $0, spread: spread) - target }
    } catch {
      throw unreachable(
        accuracy, model, mode,
        curve.mean(
          ability: range.lowerBound, spread: spread)...curve.mean(
            ability: range.upperBound, spread: spread))
    }
  }

  /// The error for an accuracy whose answerable part lies outside `range`.
  private func unreachable(
    _ accuracy: Double, _ model: String, _ mode: ReasoningMode, _ range: ClosedRange<Double>
  ) -> AnswerModelError {
    let answerable = 1 - response.unanswerableShare
    let badKeys = response.unanswerableShare * response.unanswerableAccuracy
    return .unreachableAccuracy(
      accuracy, task: task, model: model, mode: mode,
      above: badKeys + answerable * range.lowerBound,
      below: badKeys + answerable * range.upperBound)
  }
}
