internal import Workloads

/// One chain, with a signal of how sure the model is of what it would answer now.
struct ControlledCourse: QueryCourse {
  private let controlled: ControlledReasoning
  private let samples: SampledAnswers
  private let signal: NoisySignal

  init(
    controlled: ControlledReasoning, samples: SampledAnswers, model: String, seed: UInt64
  ) {
    self.controlled = controlled
    self.samples = samples
    signal = NoisySignal(
      areaUnderCurve: controlled.areaUnderCurve, purpose: "confidence/\(model)", seed: seed)
  }

  func attempts(of query: Query, after course: AnswerCourse) -> [Attempt] {
    guard course.attempts == 0 else { return [] }
    return [
      Attempt(
        .answer, promptTokens: samples.prompt(of: query), firstSample: 0, givesAnswer: true)
    ]
  }

  func lengths(of query: Query, sample: Int) -> SampleLengths {
    samples.lengths(of: query, sample: sample)
  }

  func isCorrect(_ query: Query, by course: AnswerCourse) -> Bool? {
    samples.answers(of: query, course.ended).map { $0.first == .some(0) }
  }

  /// Every look has noise of its own.
  func confidence(in query: Query, sample: Int, reasoningTokens: Int) -> Double? {
    guard samples.whole.isJudged else { return nil }
    let isRight = samples.answerAtOnce(to: query, sample: sample) == 0
    return signal.confidence(
      isRight: isRight, id: query.id, index: UInt64(sample) << 32 | UInt64(reasoningTokens))
  }
}
