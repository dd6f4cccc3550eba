/// How a task's queries spread the chances of right and wrong answers.
///
/// The chance of the right answer on query q by model m is a softmax over the right answer,
/// of weight exp(μ + s·ζ), and M wrong ones, of weights exp(s_w·w_j), with
/// ζ = -(√ρ·z + √(1-ρ)·e): z is the query's difficulty, shared by all models; e the query's
/// difficulty for this model; w_j the pull of wrong answer j on this model; all standard normal.
/// μ follows from the published accuracy. docs/answers.md has the reasons and the limits.
public struct ItemResponse: Hashable, Sendable {
  /// s: how much the logit of the right answer changes per standard deviation of ζ.
  public var abilitySpread: Double
  /// s_w: spread of the wrong answers' log weights; the larger, the clearer the favorite.
  public var wrongAnswerSpread: Double
  /// ρ in 0...1: share of the variance of ζ that all models have in common.
  public var sharedDifficulty: Double
  /// ε in 0..<1: share of queries with a bad key, on which every model fails alike.
  public var unanswerableShare: Double
  /// Chance of the keyed answer on such a query, whatever the model.
  public var unanswerableAccuracy: Double
  /// Least chance of the right answer on any other query: what guessing is worth.
  public var guessingFloor: Double

  public init(
    abilitySpread: Double, wrongAnswerSpread: Double, sharedDifficulty: Double,
    unanswerableShare: Double, unanswerableAccuracy: Double, guessingFloor: Double
  ) throws(AnswerModelError) {
    try Self.check("ability spread", abilitySpread, in: 0.1...20)
    try Self.check("wrong answer spread", wrongAnswerSpread, in: 0...20)
    try Self.check("shared difficulty", sharedDifficulty, in: 0...1)
    try Self.check("unanswerable share", unanswerableShare, in: 0...0.9)
    try Self.check("accuracy on unanswerable queries", unanswerableAccuracy, in: 0...1)
    try Self.check("guessing floor", guessingFloor, in: 0...0.9)
    self.abilitySpread = abilitySpread
    self.wrongAnswerSpread = wrongAnswerSpread
    self.sharedDifficulty = sharedDifficulty
    self.unanswerableShare = unanswerableShare
    self.unanswerableAccuracy = unanswerableAccuracy
    self.guessingFloor = guessingFloor
  }

  private static func check(
    _ name: String, _ value: Double, in range: ClosedRange<Double>
  ) throws(AnswerModelError) {
    guard range.contains(value) else {
      throw .invalidParameter(
        name, value: value, expected: "\(range.lowerBound) to \(range.upperBound)")
    }
  }
}
