internal import NumericalMethods
public import Workloads

/// Answers as somebody measured them: lengths and scores of a query pool, no model of either.
///
/// A score between 0 and 1 is the chance of a right answer; the luck belongs to the query and the
/// arm.
public struct PoolAnswers: AnswerModel {
  private let pool: QueryPool
  private let draw: PoolDraw
  /// By arm: its position in the pool; nil for an arm that is not run.
  private let poolArms: [Int?]
  private let luck: RandomStream

  /// Every arm that is run must have an outcome for every query that is drawn.
  public init(_ pool: QueryPool, draw: PoolDraw, poolArms: [Int?], seed: UInt64) {
    self.pool = pool
    self.draw = draw
    self.poolArms = poolArms
    luck = RandomStream(seed: seed, purpose: "pool answer")
  }

  private func outcome(of query: Query, arm: Int) -> PoolOutcome {
    let entry = pool.entries[draw.position(of: query.id)]
    guard let poolArm = poolArms[arm], let outcome = entry.outcomes[poolArm] else {
      preconditionFailure("query \(entry.id) of the pool has no outcome under arm \(arm)")
    }
    return outcome
  }

  public func promptTokens(of query: Query, arm: Int) -> Int {
    max(1, outcome(of: query, arm: arm).promptTokens)
  }

  public func lengths(of query: Query, arm: Int, sample: Int) -> SampleLengths {
    SampleLengths(
      reasoningTokens: 0, answerTokens: max(1, outcome(of: query, arm: arm).completionTokens))
  }

  public func isCorrect(_ query: Query, arm: Int) -> Bool? {
    let score = outcome(of: query, arm: arm).score
    guard score > 0, score < 1 else { return score > 0 }
    return luck.uniform(id: query.id, index: UInt64(arm)) < score
  }
}
