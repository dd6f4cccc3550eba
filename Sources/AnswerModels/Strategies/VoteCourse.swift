internal import Workloads

/// A vote whose samples come one after another or on several replicas, or that stops as soon as
/// its lead cannot be lost.
struct VoteCourse: QueryCourse {
  let vote: MajorityVote
  let samples: SampledAnswers

  func attempts(of query: Query, after course: AnswerCourse) -> [Attempt] {
    let prompt = samples.prompt(of: query)
    func sample(_ number: Int) -> Attempt {
      Attempt(number == 0 ? .answer : .vote, promptTokens: prompt, firstSample: number)
    }
    switch vote.order {
    case .parallel:
      guard course.attempts == 0 else { return [] }
      return [
        Attempt(.answer, promptTokens: prompt, samples: vote.sampleCount, firstSample: 0)
      ]
    case .spread: return course.attempts == 0 ? (0..<vote.sampleCount).map(sample) : []
    case .serial:
      guard course.attempts < vote.sampleCount, !isDecided(query, by: course) else { return [] }
      return [sample(course.attempts)]
    }
  }

  func lengths(of query: Query, sample: Int) -> SampleLengths {
    samples.lengths(of: query, sample: sample)
  }

  /// Whether no answer can catch up with the first, however the samples that are left vote.
  func isDecided(_ query: Query, by course: AnswerCourse) -> Bool {
    guard vote.stopsWhenDecided, course.ended.count < vote.sampleCount,
      let answers = samples.answers(of: query, course.ended)
    else { return false }
    var counts: [Int: Int] = [:]
    for case let answer? in answers { counts[answer, default: 0] += 1 }
    let ranked = counts.values.sorted(by: >)
    guard let most = ranked.first else { return false }
    return most - (ranked.dropFirst().first ?? 0) > vote.sampleCount - course.ended.count
  }

  func isCorrect(_ query: Query, by course: AnswerCourse) -> Bool? {
    samples.answers(of: query, course.ended).map { samples.voteIsRight($0, on: query) }
  }
}
