internal import AnswerModels
internal import Workloads

/// Everything about one query, its answers included: what no product can know.
///
/// Only the engine makes one, and shows it to nobody but a `BoundPolicy`.
public struct Truth {
  private let query: Query
  private let answers: any AnswerModel

  init(_ query: Query, _ answers: any AnswerModel) {
    self.query = query
    self.answers = answers
  }

  /// Quantile within the query's own task, (0, 1).
  public var difficulty: Double { query.difficulty }

  /// Whether the arm would answer right; nil where nobody can say.
  public func isCorrect(arm: Int) -> Bool? { answers.isCorrect(query, arm: arm) }

  /// Tokens of the prompt as the arm sends it.
  public func promptTokens(arm: Int) -> Int { answers.promptTokens(of: query, arm: arm) }

  /// Length of one of the arm's samples.
  public func outputTokens(arm: Int, sample: Int) -> Int {
    answers.lengths(of: query, arm: arm, sample: sample).outputTokens
  }
}

/// A policy that decides by the truth: not to be built, but to show how far others are from what is
/// possible at all.
///
/// The only door to the truth. A `ServingPolicy` has no way through it.
public protocol BoundPolicy: ServingPolicy {
  /// Takes the place of `decide(_:in:)`, which is not called.
  mutating func decide(
    _ request: RequestView, knowing truth: Truth, in fleet: FleetView
  ) throws -> Decision
}

extension BoundPolicy {
  public mutating func decide(_ request: RequestView, in fleet: FleetView) throws -> Decision {
    preconditionFailure("a bound decides by the truth")
  }
}
