import AnswerModels
import FleetEngine
import Quantities
import Workloads

/// Arms of several attempts: docs/model.md, "Several attempts" and "Depth".
extension ReferenceSimulator {
  /// The attempts with which a query begins.
  func firstAttempts(of query: Query, arm: Int) -> [Attempt] {
    let plain = Attempt(
      .answer, promptTokens: answers.promptTokens(of: query, arm: arm),
      samples: fleet.arms[arm].samples, firstSample: 0, givesAnswer: true)
    guard fleet.arms[arm].course != nil else { return [plain] }
    let attempts = answers.attempts(of: query, arm: arm, after: AnswerCourse())
    return attempts.isEmpty ? [plain] : attempts
  }

  /// Takes note of an attempt that has ended; says whether its query goes on.
  func goesOn(after request: ReferenceRequest) throws -> Bool {
    guard let course = request.course else { return false }
    course.ended.append(request)
    if request.outcome != .completed { course.outcome = request.outcome }
    if course.isInFlight { return true }
    guard course.outcome == .completed, course.decided == nil else { return false }
    let next = answers.attempts(of: course.query, arm: course.arm, after: course.answers)
    if request.deadline <= now, !next.isEmpty {
      course.outcome = request.outcomeAtDeadline
      return false
    }
    try make(next, in: course, after: request.replica)
    return course.isInFlight
  }

  /// Makes attempts side by side, as far as policy and replicas let them.
  func make(_ attempts: [Attempt], in course: ReferenceCourse, after last: Int) throws {
    var last = last
    for attempt in attempts {
      guard let replica = place(attempt, in: course, after: last),
        let request = request(
          course.query, attempt, arm: course.arm, replica: replicas[replica], headStart: nil,
          course: course)
      else {
        log.trace.events.refusedAttempts += 1
        continue
      }
      enqueue(request)
      last = replica
    }
  }

  private func place(_ attempt: Attempt, in course: ReferenceCourse, after last: Int) -> Int? {
    let pools = [fleet.arms[course.arm].pools] + (fleet.arms[course.arm].course?.furtherPools ?? [])
    guard pools.indices.contains(attempt.stage) else { return nil }
    let candidates = replicas.indices.filter {
      pools[attempt.stage].contains(replicas[$0].poolIndex)
    }
    guard !candidates.isEmpty else { return nil }
    return policy.place(
      AttemptView(
        purpose: attempt.purpose, arm: course.arm, stage: attempt.stage,
        number: course.attempts.count, promptTokens: attempt.promptTokens,
        samples: attempt.samples, lastReplica: last),
      of: requestView(course.query), among: ReplicaSet(candidates), in: fleetView)
  }

  func enqueue(_ request: ReferenceRequest) {
    if let course = request.course {
      course.attempts.append(request)
      log.trace.events.attempts[Int(request.attempt.purpose.rawValue)] += 1
    }
    replicas[request.replica].enqueue(
      ReferenceSequence(request: request, targetTokens: request.promptTokens))
    look(at: replicas[request.replica])
  }

  /// Nil where nobody can judge, or nobody waits for the answer any more.
  func isCorrect(_ course: ReferenceCourse) -> Bool? {
    guard course.outcome == .completed else { return nil }
    return answers.isCorrect(course.query, arm: course.arm, by: course.answers)
  }

  /// Asks the depth controller about the chains that have come to a checkpoint on a replica.
  func askDepth(on replica: ReferenceReplica) {
    for row in replica.checkpoints {
      let request = row.request
      guard let sample = row.sample, request.deadline > now, request.course?.decided == nil
      else { continue }
      log.trace.events.checkpoints += 1
      let number = request.attempt.firstSample + sample.index
      let thought = sample.tokenTimes.count + request.headStartTokens
      let chain = ChainView(
        request: requestView(request.query), arm: request.arm, sample: number,
        reasoningTokens: thought,
        confidence: answers.confidence(
          in: request.query, arm: request.arm, sample: number, reasoningTokens: thought),
        replica: replica.index)
      guard depth?.decide(chain, in: fleetView) == .stop else { continue }
      log.trace.events.stoppedChains += 1
      sample.stop()
    }
    replica.checkpoints = []
  }
}
