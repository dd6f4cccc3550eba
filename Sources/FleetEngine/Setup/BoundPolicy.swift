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

  /// What the arm, of `samples` side by side, makes of the query.
  public func outcome(arm: Int, samples: Int) -> TrueOutcome {
    let played = answers.played(query, arm: arm, samples: samples)
    return TrueOutcome(
      isCorrect: played.isCorrect, promptTokens: played.promptTokens,
      outputTokens: played.outputTokens, longestOutputTokens: played.longestOutputTokens)
  }
}

/// What an arm is going to make of a query.
public struct TrueOutcome: Hashable, Sendable {
  /// Nil where nobody can say.
  public var isCorrect: Bool?
  /// Of all attempts, as the arm sends them.
  public var promptTokens: Int
  /// Of all samples, and of the longest of each attempt.
  public var outputTokens: Int
  public var longestOutputTokens: Int
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
