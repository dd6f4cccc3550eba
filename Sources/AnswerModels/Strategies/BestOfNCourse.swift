internal import NumericalMethods
internal import Workloads

/// Samples side by side, then a verifier that reads each of them: the prompt and the sample in, a
/// score out. Its numbers follow the samples' own.
struct BestOfNCourse: QueryCourse {
  private let best: BestOfN
  private let samples: SampledAnswers
  private let scoring: NoisySignal
  /// What the verifier likes of an answer, by query and answer.
  private let liking: RandomStream

  init(best: BestOfN, samples: SampledAnswers, model: String, seed: UInt64) {
    self.best = best
    self.samples = samples
    let verifier = best.verifier ?? model
    scoring = NoisySignal(
      areaUnderCurve: best.areaUnderCurve, purpose: "verifier/\(verifier)/\(model)", seed: seed)
    liking = RandomStream(seed: seed, purpose: "verifier likes/\(verifier)")
  }

  func attempts(of query: Query, after course: AnswerCourse) -> [Attempt] {
    let prompt = samples.prompt(of: query)
    if course.attempts == 0 {
      return [Attempt(.answer, promptTokens: prompt, samples: best.sampleCount, firstSample: 0)]
    }
    guard course.attempts == 1, best.sampleCount > 1 else { return [] }
    return course.ended.filter(\.isComplete).map { sample in
      Attempt(
        .verification, stage: best.verifier == nil ? 0 : 1,
        promptTokens: prompt + samples.outputTokens(of: query, sample, number: sample.number),
        firstSample: best.sampleCount + sample.number)
    }
  }

  func lengths(of query: Query, sample: Int) -> SampleLengths {
    sample < best.sampleCount
      ? samples.lengths(of: query, sample: sample)
      : SampleLengths(reasoningTokens: 0, answerTokens: 1)
  }

  /// Samples whose verifier could not be asked count if none was: the first of them.
  func isCorrect(_ query: Query, by course: AnswerCourse) -> Bool? {
    let own = course.ended.filter { $0.number < best.sampleCount }
    guard let answers = samples.answers(of: query, own) else { return nil }
    let scored = Set(course.ended.map { $0.number - best.sampleCount })
    var chosen: (answer: Int?, score: Double) = (answers.first ?? nil, -.infinity)
    for (sample, answer) in zip(own, answers) where scored.contains(sample.number) {
      guard let answer else { continue }
      let score = score(of: answer, to: query, sample: sample.number)
      if score > chosen.score { chosen = (answer, score) }
    }
    return chosen.answer == 0
  }

  private func score(of answer: Int, to query: Query, sample: Int) -> Double {
    let like =
      best.bias == 0
      ? 0
      : best.bias * StandardNormal.quantile(liking.uniform(id: query.id, index: UInt64(answer)))
    return scoring.score(isRight: answer == 0, id: query.id, index: UInt64(sample)) + like
  }
}
