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
  /// Lengths of sample `sample` (from 0, through all attempts) of the query under the arm.
  func lengths(of query: Query, arm: Int, sample: Int) -> SampleLengths
  /// Whether the arm's final answer (the vote, where it votes) is right; nil if nobody can say.
  func isCorrect(_ query: Query, arm: Int) -> Bool?

  // MARK: Arms of several attempts

  /// What the arm sends next, side by side, now that `course` is behind it and nothing in flight;
  /// before the first attempt too. Nothing where the query is done.
  func attempts(of query: Query, arm: Int, after course: AnswerCourse) -> [Attempt]
  /// Whether the answer is known already, so that samples in flight can be cancelled.
  func isDecided(_ query: Query, arm: Int, by course: AnswerCourse) -> Bool
  /// The same as `isCorrect` for an arm whose answer depends on its course.
  func isCorrect(_ query: Query, arm: Int, by course: AnswerCourse) -> Bool?
  /// A noisy guess, in (0, 1), of the chance that sample `sample` would be right if it had to
  /// answer after so many tokens of its chain; nil where there is no such signal.
  func confidence(
    in query: Query, arm: Int, sample: Int, reasoningTokens: Int
  ) -> Double?
}

/// Arms of one attempt, whose chains run to their end.
extension AnswerModel {
  public func attempts(of query: Query, arm: Int, after course: AnswerCourse) -> [Attempt] { [] }
  public func isDecided(_ query: Query, arm: Int, by course: AnswerCourse) -> Bool { false }

  /// Wrong where no sample came to the end of its answer.
  public func isCorrect(_ query: Query, arm: Int, by course: AnswerCourse) -> Bool? {
    isCorrect(query, arm: arm).map { $0 && course.ended.contains(where: \.isComplete) }
  }

  public func confidence(
    in query: Query, arm: Int, sample: Int, reasoningTokens: Int
  ) -> Double? { nil }
}
