public import Workloads

/// Tokens of one sample: what it thinks, then what it says.
public struct SampleLengths: Hashable, Sendable {
  /// Tokens before the first token of the answer (chain of thought); 0 for a direct answer.
  public var reasoningTokens: Int
  /// Tokens of the answer itself, at least 1.
  public var answerTokens: Int

  public var outputTokens: Int { reasoningTokens + answerTokens }

  public init(reasoningTokens: Int, answerTokens: Int) {
    self.reasoningTokens = reasoningTokens
    self.answerTokens = answerTokens
  }
}

/// What comes out of a query under an arm: tokens spent, and whether the answer is right.
///
/// Pure functions of the query (its id carries its luck): the order of calls never matters and
/// the same query has the same luck under every policy. Arms are indices into the scenario's
/// list of arms.
public protocol AnswerModel: Sendable {
  /// Prompt tokens as the arm sends them (a strategy may add instructions).
  func promptTokens(of query: Query, arm: Int) -> Int
  /// Lengths of sample `sample` (from 0) of the query under the arm.
  func lengths(of query: Query, arm: Int, sample: Int) -> SampleLengths
  /// Whether the arm's final answer (the vote, where it votes) is right; nil if nobody can say.
  func isCorrect(_ query: Query, arm: Int) -> Bool?
}
