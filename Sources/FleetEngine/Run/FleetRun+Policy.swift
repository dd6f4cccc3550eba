internal import AnswerModels
internal import Quantities
internal import Workloads

/// What passes between the run and its policy.
extension FleetRun {
  /// Tells the policy what has become known, and asks it about a query that arrives.
  mutating func decide(_ query: Query, at now: SimTime) throws -> Decision {
    if learns {
      while let judgment = feedback.next(by: now) {
        policy.answerJudged(judgment.ended, isCorrect: judgment.isCorrect)
      }
    }
    let request = requestView(query)
    guard isBound else { return try policy.decide(request, in: view) }
    return try decideByTruth(request, query)
  }

  private mutating func decideByTruth(_ request: RequestView, _ query: Query) throws -> Decision {
    guard var bound = policy as? any BoundPolicy else {
      preconditionFailure("the policy is no bound")
    }
    let decision = try bound.decide(request, knowing: Truth(query, answers), in: view)
    policy = bound
    return decision
  }

  /// Tells a policy that learns that no replica takes a request which it has sent to one.
  mutating func tellRefused(_ query: Query, arm: Int, replica: Int) {
    policy.requestEnded(
      EndedRequest(
        request: requestView(query), arm: arm, replica: replica, outcome: .rejected, joules: 0,
        outputTokens: 0, endToEndLatency: .zero))
  }

  /// Tells a policy that learns how a request has ended.
  mutating func tell(_ record: RequestRecord, _ query: Query) {
    let ended = EndedRequest(
      request: requestView(query), arm: record.arm, replica: record.replica,
      outcome: record.outcome,
      joules: record.energy.joules, outputTokens: record.outputTokens,
      endToEndLatency: record.endToEndLatency)
    policy.requestEnded(ended)
    if let isCorrect = record.isCorrect {
      feedback.note(ended, isCorrect: isCorrect, at: record.end)
    }
  }
}
