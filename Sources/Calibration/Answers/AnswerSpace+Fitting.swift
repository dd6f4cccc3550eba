internal import AnswerModels

extension AnswerSpace {
  /// What guessing at random is worth.
  var guessingAccuracy: Double {
    if case .choices(let options) = self { 1 / Double(options) } else { 0 }
  }

  /// The accuracy nearest to `accuracy` that a law of this answer space has: above chance, and
  /// below certainty. A model's score on few questions can lie outside.
  func reachable(_ accuracy: Double) -> Double {
    min(max(accuracy, guessingAccuracy + Self.margin), 1 - Self.margin)
  }

  private static let margin = 0.005
}
