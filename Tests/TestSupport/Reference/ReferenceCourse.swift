import AnswerModels
import FleetEngine
import Quantities
import Workloads

/// All attempts of a query under an arm that has a course.
final class ReferenceCourse {
  let query: Query
  let arm: Int
  let isFirstRound: Bool
  /// In the order in which they were made.
  var attempts: [ReferenceRequest] = []
  /// Those that have ended, in the order in which they did.
  var ended: [ReferenceRequest] = []
  /// When the answer was known without the samples in flight.
  var decided: SimTime?
  var outcome = RequestOutcome.completed

  init(query: Query, arm: Int, isFirstRound: Bool) {
    self.query = query
    self.arm = arm
    self.isFirstRound = isFirstRound
  }

  var isInFlight: Bool { ended.count < attempts.count }

  /// What has come out so far, read off the samples.
  var answers: AnswerCourse {
    var answers = AnswerCourse()
    answers.attempts = attempts.count
    for attempt in attempts {
      for sample in attempt.samples where sample.hasEnded {
        let thought = min(sample.reasoningTokens, sample.tokenTimes.count)
        answers.end(
          AnswerCourse.Sample(
            number: attempt.attempt.firstSample + sample.index,
            missingReasoningTokens: sample.drawnReasoning - thought,
            missingAnswerTokens: sample.drawnAnswer - (sample.tokenTimes.count - thought)))
      }
    }
    return answers
  }

  /// The answer is known now: what has not ended of it is to leave.
  func decide(at now: SimTime) {
    decided = now
    for attempt in attempts where !attempt.hasEnded && attempt.end == .never {
      attempt.deadline = now
      attempt.outcomeAtDeadline = .completed
    }
  }
}
