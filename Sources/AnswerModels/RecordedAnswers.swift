public import Workloads

/// Lengths, and right and wrong where it says so, as a trace recorded them.
///
/// Every sample of a query has the recorded length, and none of it counts as reasoning.
public struct RecordedAnswers: AnswerModel {
  public init() {}

  public func promptTokens(of query: Query, arm: Int) -> Int { query.promptTokens }

  /// Traps where the query brings no recorded length: its source is no trace.
  public func lengths(of query: Query, arm: Int, sample: Int) -> SampleLengths {
    guard let tokens = query.recordedOutputTokens else {
      preconditionFailure("query \(query.id) has no recorded output length")
    }
    return SampleLengths(reasoningTokens: 0, answerTokens: max(1, tokens))
  }

  public func isCorrect(_ query: Query, arm: Int) -> Bool? { query.recordedIsCorrect }
}
