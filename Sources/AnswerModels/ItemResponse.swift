/// How a task's queries spread the chances of right and wrong answers.
///
/// ζ = -(√ρ·z + √(1-ρ)·e) says how well a query suits a model: z is the query's difficulty, shared
/// by all models, e the query's own difficulty for this model, both standard normal. `curve` turns
/// ζ into the chance of the right answer, `wrongAnswerSpread` says how unequal the wrong ones are.
/// docs/answers.md has the reasons, the fits and the limits.
public struct ItemResponse: Hashable, Sendable {
  public enum Curve: Hashable, Sendable {
    /// A softmax over the right answer and the wrong ones. `spread` is s, the change of the right
    /// answer's log weight per standard deviation of ζ, for a model that is right half the time;
    /// `growth` is g: both spreads of a model with odds o of being right are o^g times as large,
    /// because better models are also more decided.
    case softmax(spread: Double, growth: Double)
    /// A beta distribution over queries: concentration κ = a + b, its mean the accuracy. For
    /// answers that a test judges, whose chances have heavier tails than a softmax gives.
    case beta(concentration: Double)
  }

  public var curve: Curve
  /// s_w: spread of the wrong answers' log weights at even odds; the larger, the clearer the
  /// favorite.
  public var wrongAnswerSpread: Double
  /// ρ in 0...1: share of the variance of ζ that all models have in common.
  public var sharedDifficulty: Double
  /// ε in 0..<1: share of queries out of reach (bad keys among them), on which every model fails
  /// alike. A mode may have its own; what is out of reach for the smaller share is for the larger.
  public var unanswerableShare: Double
  /// Chance of the keyed answer on such a query, whatever the model.
  public var unanswerableAccuracy: Double

  public init(
    curve: Curve, wrongAnswerSpread: Double, sharedDifficulty: Double,
    unanswerableShare: Double = 0, unanswerableAccuracy: Double = 0
  ) throws(AnswerModelError) {
    switch curve {
    case .softmax(let spread, let growth):
      try Self.check("ability spread", spread, in: Self.spreads)
      try Self.check("spread growth", growth, in: Self.growths)
    case .beta(let concentration):
      try Self.check("success concentration", concentration, in: Self.concentrations)
    }
    try Self.check("wrong answer spread", wrongAnswerSpread, in: Self.wrongAnswerSpreads)
    try Self.check("shared difficulty", sharedDifficulty, in: Self.shares)
    try Self.check("unanswerable share", unanswerableShare, in: Self.unanswerableShares)
    try Self.check("accuracy on unanswerable queries", unanswerableAccuracy, in: Self.shares)
    self.curve = curve
    self.wrongAnswerSpread = wrongAnswerSpread
    self.sharedDifficulty = sharedDifficulty
    self.unanswerableShare = unanswerableShare
    self.unanswerableAccuracy = unanswerableAccuracy
  }

  /// What a spread may be, so that the integrals over it hold their accuracy.
  public static let spreads = 0.1...20.0
  public static let growths = -1.0...1.0
  public static let concentrations = 0.02...100.0
  public static let wrongAnswerSpreads = 0.0...20.0
  public static let shares = 0.0...1.0
  public static let unanswerableShares = 0.0...0.9

  private static func check(
    _ name: String, _ value: Double, in range: ClosedRange<Double>
  ) throws(AnswerModelError) {
    guard range.contains(value) else {
      throw .invalidParameter(
        name, value: value, expected: "\(range.lowerBound) to \(range.upperBound)")
    }
  }
}
