internal import NumericalMethods

/// Finds the ability μ at which a task's mean accuracy equals the published one.
struct AbilitySolver {
  private let task: TaskSheet
  private let response: ItemResponse
  private let meanSoftmax: MeanSoftmax

  /// Bounds the work of one draw; published fits use up to 25.
  private static let allowedWrongAnswers = 1...64

  init(task: TaskSheet, response: ItemResponse) throws(AnswerModelError) {
    guard Self.allowedWrongAnswers.contains(task.answerSpace.wrongAnswers) else {
      throw .invalidParameter(
        "wrong answers of task \(task.name)", value: Double(task.answerSpace.wrongAnswers),
        expected: "1 to 64")
    }
    self.task = task
    self.response = response
    meanSoftmax = MeanSoftmax(
      abilitySpread: response.abilitySpread, wrongAnswerSpread: response.wrongAnswerSpread,
      wrongAnswers: task.answerSpace.wrongAnswers)
  }

  /// The μ that makes single samples right with probability `accuracy` over reference queries.
  func ability(
    accuracy: Double, model: String, mode: ReasoningMode
  ) throws(AnswerModelError) -> Double {
    let answerable = 1 - response.unanswerableShare
    let badKeys = response.unanswerableShare * response.unanswerableAccuracy
    let floor = response.guessingFloor
    let target = ((accuracy - badKeys) / answerable - floor) / (1 - floor)
    let range = MeanSoftmax.locations
    do {
      return try RootFinding.root(in: range) { meanSoftmax($0) - target }
    } catch {
      func meanAccuracy(at location: Double) -> Double {
        badKeys + answerable * (floor + (1 - floor) * meanSoftmax(location))
      }
      throw .unreachableAccuracy(
        accuracy, task: task.name, model: model, mode: mode,
        above: meanAccuracy(at: range.lowerBound),
        below: meanAccuracy(at: range.upperBound))
    }
  }
}
