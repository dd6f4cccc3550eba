/// What a query's attempts have put out so far: all that decides on the next and on the answer.
public struct AnswerCourse: Hashable, Sendable {
  /// A sample that has ended.
  public struct Sample: Hashable, Sendable {
    /// Among all samples of the query.
    public var number: Int
    /// Tokens of the drawn chain, and of the drawn answer, that it never put out: it was told to
    /// stop, or reached the longest sequence of its engine.
    public var missingReasoningTokens: Int
    public var missingAnswerTokens: Int

    public init(number: Int, missingReasoningTokens: Int = 0, missingAnswerTokens: Int = 0) {
      self.number = number
      self.missingReasoningTokens = missingReasoningTokens
      self.missingAnswerTokens = missingAnswerTokens
    }

    /// Whether its answer is all there.
    public var isComplete: Bool { missingAnswerTokens == 0 }
  }

  /// In order of their numbers; samples that were cancelled are not among them.
  public private(set) var ended: [Sample] = []
  /// Attempts that were made, those in flight too.
  public var attempts = 0

  /// Samples of one attempt that have ended, in order of their numbers.
  public init(ended: [Sample] = []) {
    self.ended = ended
    attempts = ended.isEmpty ? 0 : 1
  }

  public mutating func end(_ sample: Sample) {
    let place = ended.firstIndex { $0.number > sample.number } ?? ended.count
    ended.insert(sample, at: place)
  }
}
