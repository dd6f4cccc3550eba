public import Workloads

/// All that an arm makes of a query, every attempt played to its end.
public struct PlayedAnswer: Hashable, Sendable {
  /// Nil where nobody can say.
  public var isCorrect: Bool?
  /// Of all attempts.
  public var promptTokens = 0
  /// Of all samples of all attempts.
  public var outputTokens = 0
  /// Of the longest sample of each attempt: what the asker waits for.
  public var longestOutputTokens = 0
}

extension AnswerModel {
  /// More attempts than any arm makes.
  private static var mostAttempts: Int { 4_096 }

  /// What comes of a query under an arm of `samples` side by side, without an engine: nothing is
  /// cut, and of samples that could be cancelled none is.
  public func played(_ query: Query, arm: Int, samples: Int) -> PlayedAnswer {
    var answer = PlayedAnswer()
    var course = AnswerCourse()
    var attempts = attempts(of: query, arm: arm, after: course)
    guard !attempts.isEmpty else { return playedAtOnce(query, arm: arm, samples: samples) }
    while !attempts.isEmpty, course.attempts < Self.mostAttempts {
      for attempt in attempts {
        course.attempts += 1
        play(attempt, of: query, arm: arm, &course, &answer)
      }
      guard !isDecided(query, arm: arm, by: course) else { break }
      attempts = self.attempts(of: query, arm: arm, after: course)
    }
    answer.isCorrect = isCorrect(query, arm: arm, by: course)
    return answer
  }

  private func play(
    _ attempt: Attempt, of query: Query, arm: Int, _ course: inout AnswerCourse,
    _ answer: inout PlayedAnswer
  ) {
    answer.promptTokens += attempt.promptTokens
    var longest = 0
    for number in attempt.firstSample..<attempt.firstSample + attempt.samples {
      let tokens = lengths(of: query, arm: arm, sample: number).outputTokens
      answer.outputTokens += tokens
      longest = max(longest, tokens)
      course.end(AnswerCourse.Sample(number: number))
    }
    answer.longestOutputTokens += longest
  }

  private func playedAtOnce(_ query: Query, arm: Int, samples: Int) -> PlayedAnswer {
    var answer = PlayedAnswer()
    answer.promptTokens = promptTokens(of: query, arm: arm)
    for sample in 0..<max(1, samples) {
      let tokens = lengths(of: query, arm: arm, sample: sample).outputTokens
      answer.outputTokens += tokens
      answer.longestOutputTokens = max(answer.longestOutputTokens, tokens)
    }
    answer.isCorrect = isCorrect(query, arm: arm)
    return answer
  }
}
