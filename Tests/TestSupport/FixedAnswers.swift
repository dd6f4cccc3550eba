public import AnswerModels
public import Workloads

/// Answers that a test dictates.
public struct FixedAnswers: AnswerModel {
  private let lengthsOf: @Sendable (_ query: Query, _ arm: Int, _ sample: Int) -> SampleLengths
  /// Prompt tokens that each arm adds to the query's own; arms beyond the list add none.
  private let addedPromptTokens: [Int]
  private let correctness: @Sendable (_ query: Query, _ arm: Int) -> Bool?
  /// How queries go on under arms with a course.
  public var course: FixedCourse?

  public init(
    addedPromptTokens: [Int] = [],
    isCorrect: @escaping @Sendable (_ query: Query, _ arm: Int) -> Bool? = { _, _ in nil },
    lengths: @escaping @Sendable (_ query: Query, _ arm: Int, _ sample: Int) -> SampleLengths
  ) {
    self.addedPromptTokens = addedPromptTokens
    correctness = isCorrect
    lengthsOf = lengths
  }

  /// Every sample of query `i` answers with `outputTokens[i]` tokens, without reasoning.
  public init(outputTokens: [Int]) {
    self.init { query, _, _ in
      SampleLengths(reasoningTokens: 0, answerTokens: outputTokens[Int(query.id)])
    }
  }

  /// Sample `j` of query `i` answers with `sampleTokens[i][j]` tokens, without reasoning.
  public init(sampleTokens: [[Int]]) {
    self.init { query, _, sample in
      SampleLengths(reasoningTokens: 0, answerTokens: sampleTokens[Int(query.id)][sample])
    }
  }

  public func promptTokens(of query: Query, arm: Int) -> Int {
    query.promptTokens + (addedPromptTokens.indices.contains(arm) ? addedPromptTokens[arm] : 0)
  }

  public func lengths(of query: Query, arm: Int, sample: Int) -> SampleLengths {
    lengthsOf(query, arm, sample)
  }

  public func isCorrect(_ query: Query, arm: Int) -> Bool? { correctness(query, arm) }

  public func attempts(of query: Query, arm: Int, after course: AnswerCourse) -> [Attempt] {
    self.course?.attempts(query, arm, course) ?? []
  }

  public func isDecided(_ query: Query, arm: Int, by course: AnswerCourse) -> Bool {
    self.course?.isDecided(query, arm, course) ?? false
  }

  public func isCorrect(_ query: Query, arm: Int, by course: AnswerCourse) -> Bool? {
    self.course?.isCorrect(query, arm, course) ?? correctness(query, arm)
  }

  public func confidence(
    in query: Query, arm: Int, sample: Int, reasoningTokens: Int
  ) -> Double? {
    course?.confidence(query, arm, sample, reasoningTokens)
  }
}

/// What a test dictates of arms of several attempts.
public struct FixedCourse: Sendable {
  public typealias Answer<Value> =
    @Sendable (_ query: Query, _ arm: Int, _ course: AnswerCourse) -> Value

  public var attempts: Answer<[Attempt]>
  public var isDecided: Answer<Bool> = { _, _, _ in false }
  public var isCorrect: Answer<Bool?> = { _, _, _ in nil }
  public var confidence:
    @Sendable (_ query: Query, _ arm: Int, _ sample: Int, _ tokens: Int) -> Double? = {
      _, _, _, _ in nil
    }

  public init(attempts: @escaping Answer<[Attempt]>) { self.attempts = attempts }
}
