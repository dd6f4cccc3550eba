internal import Workloads

/// A first try, and another model where its answer is in doubt. The next model's samples are
/// numbered after the first's, and have the luck that its own arms have.
struct CascadeCourse: QueryCourse {
  private let cascade: Cascade
  private let first: SampledAnswers
  private let next: SampledAnswers
  private let scoring: NoisySignal

  init(
    cascade: Cascade, first: SampledAnswers, next: SampledAnswers, model: String, seed: UInt64
  ) {
    self.cascade = cascade
    self.first = first
    self.next = next
    scoring = NoisySignal(
      areaUnderCurve: cascade.areaUnderCurve, purpose: "cascade score/\(model)", seed: seed)
  }

  func attempts(of query: Query, after course: AnswerCourse) -> [Attempt] {
    if course.attempts == 0 {
      return [
        Attempt(
          .answer, promptTokens: first.prompt(of: query), samples: cascade.sampleCount,
          firstSample: 0)
      ]
    }
    guard course.attempts == 1, isInDoubt(query, course) else { return [] }
    return [
      Attempt(
        .escalation, stage: 1, promptTokens: next.prompt(of: query),
        samples: cascade.nextSampleCount, firstSample: cascade.sampleCount,
        givesAnswer: cascade.nextSampleCount == 1)
    ]
  }

  func lengths(of query: Query, sample: Int) -> SampleLengths {
    sample < cascade.sampleCount
      ? first.lengths(of: query, sample: sample)
      : next.lengths(of: query, sample: sample - cascade.sampleCount)
  }

  func isCorrect(_ query: Query, by course: AnswerCourse) -> Bool? {
    let escalated = course.ended.filter { $0.number >= cascade.sampleCount }
    guard !escalated.isEmpty else {
      return first.answers(of: query, tries(course)).map { first.voteIsRight($0, on: query) }
    }
    return next.answers(of: query, escalated, from: cascade.sampleCount)
      .map { next.voteIsRight($0, on: query) }
  }

  private func tries(_ course: AnswerCourse) -> [AnswerCourse.Sample] {
    course.ended.filter { $0.number < cascade.sampleCount }
  }

  /// Whether the signal is below the threshold, or there is no answer; never where nothing is
  /// judged.
  private func isInDoubt(_ query: Query, _ course: AnswerCourse) -> Bool {
    guard let answers = first.answers(of: query, tries(course)) else { return false }
    guard let winner = first.winner(answers, on: query) else { return true }
    switch cascade.gate {
    case .agreement:
      let share = Double(answers.count { $0 == winner }) / Double(cascade.sampleCount)
      return share < cascade.threshold
    case .score:
      return scoring.confidence(isRight: winner == 0, id: query.id, index: 0) < cascade.threshold
    }
  }
}
