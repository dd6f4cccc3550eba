internal import AnswerModels
internal import Quantities
internal import Workloads

/// Queries under arms of several attempts.
extension FleetRun {
  /// Notes the first attempt of a query under an arm with a course, as `insert` does.
  mutating func insertCourse(
    _ query: Query, arm: Int, replica: Int, headStart: Double?
  ) throws -> Int32 {
    let course = LiveCourse(query)
    course.waiting = answers.attempts(of: query, arm: arm, after: course.answers)
    let first =
      course.waiting.isEmpty
      ? Attempt(
        .answer, promptTokens: answers.promptTokens(of: query, arm: arm),
        samples: fleet.arms[arm].samples, firstSample: 0, givesAnswer: true)
      : course.waiting.removeFirst()
    return try insert(first, course, arm: arm, replica: replica, headStart: headStart)
  }

  /// Makes the attempts that go side by side with the first one, which has just been queued.
  mutating func startSiblings(of slot: Int32, at now: SimTime) throws {
    guard let course = requests[slot].course, !course.waiting.isEmpty else { return }
    try start(
      course.waiting, course, arm: requests[slot].record.arm,
      after: requests[slot].record.replica, isFirstRound: requests[slot].isFirstRound, at: now)
    course.waiting = []
  }

  /// Notes an attempt on its replica and returns its slot, or -1 if the replica can never serve it.
  private mutating func insert(
    _ attempt: Attempt, _ course: LiveCourse, arm: Int, replica: Int, headStart: Double?
  ) throws -> Int32 {
    var query = course.query
    if let prefix = attempt.prefix {
      query.context.prefixBlockIDs = prefix.blockIDs
      query.context.prefixBlockTokens = prefix.blockTokens
    }
    let slot = try insert(query, attempt, arm: arm, replica: replica, headStart: headStart)
    guard slot >= 0 else { return slot }
    requests[slot].givesAnswer = attempt.givesAnswer
    requests[slot].hasCourse = true
    requests[slot].course = course
    requests[slot].checkpointTokens =
      depth == nil ? 0 : fleet.arms[arm].course?.checkpointTokens ?? 0
    if !course.inFlight.isEmpty { siblings += 1 }
    course.inFlight.append(requests.reference(to: slot))
    course.answers.attempts += 1
    result.courses.attempts[Int(attempt.purpose.rawValue)] += 1
    return slot
  }

  /// Makes attempts side by side; those that no replica takes are not made.
  private mutating func start(
    _ attempts: [Attempt], _ course: LiveCourse, arm: Int, after last: Int,
    isFirstRound: Bool, at now: SimTime
  ) throws {
    replicas.now = now
    view.now = now
    var last = last
    for attempt in attempts {
      let replica = try place(attempt, course, arm: arm, after: last)
      let slot = try replica.map {
        try insert(attempt, course, arm: arm, replica: $0, headStart: nil)
      }
      guard let slot, let replica, slot >= 0 else {
        result.courses.refusedAttempts += 1
        continue
      }
      requests[slot].isFirstRound = isFirstRound
      enqueue(slot, on: replica, at: now)
      last = replica
    }
  }

  /// The replica that the policy wants for an attempt, nil for none.
  private mutating func place(
    _ attempt: Attempt, _ course: LiveCourse, arm: Int, after last: Int
  ) throws -> Int? {
    let further = view.furtherReplicasByArm[arm]
    guard attempt.stage == 0 || further.indices.contains(attempt.stage - 1) else { return nil }
    let candidates =
      attempt.stage == 0 ? view.replicasByArm[arm] : further[attempt.stage - 1]
    guard !candidates.isEmpty else { return nil }
    let chosen = policy.place(
      AttemptView(
        purpose: attempt.purpose, arm: arm, stage: attempt.stage, number: course.answers.attempts,
        promptTokens: attempt.promptTokens, samples: attempt.samples, lastReplica: last),
      of: requestView(course.query), among: candidates, in: view)
    if let chosen, !candidates.ranges.contains(where: { $0.contains(chosen) }) {
      throw PolicyError(
        description: "the policy sent an attempt of arm \(fleet.arms[arm].name) to replica "
          + "\(chosen), which does not serve it")
    }
    return chosen
  }

  /// Adds up an attempt that has ended; says whether its query goes on without it.
  mutating func goesOn(after slot: Int32, at now: SimTime) throws -> Bool {
    guard let course = requests[slot].course else { return false }
    let reference = requests.reference(to: slot)
    course.inFlight.removeAll { $0 == reference }
    course.add(requests[slot])
    endedEnergy += requests[slot].record.energy
    guard course.inFlight.isEmpty else {
      siblings -= 1
      return true
    }
    if course.outcome == .completed, course.decided == nil {
      let arm = requests[slot].record.arm
      let next = answers.attempts(of: course.query, arm: arm, after: course.answers)
      if requests[slot].isGivenUp, !next.isEmpty {
        course.outcome = requests[slot].givenUpAs
      } else {
        try start(
          next, course, arm: arm, after: requests[slot].record.replica,
          isFirstRound: requests[slot].isFirstRound, at: now)
      }
    }
    return !course.inFlight.isEmpty
  }

  /// Makes the last attempt of a query tell of all.
  mutating func addUpCourse(of slot: Int32) {
    guard let course = requests[slot].course else { return }
    course.complete(&requests[slot])
    requests[slot].query = course.query
    // What its attempts bore is counted with those that have ended.
    endedEnergy -= requests[slot].record.energy
  }

  /// Whether the answer of a query is right; nil where nobody can say, or has waited for it.
  func isCourseCorrect(_ slot: Int32) -> Bool? {
    guard let course = requests[slot].course, requests[slot].record.outcome == .completed
    else { return nil }
    return answers.isCorrect(
      course.query, arm: requests[slot].record.arm, by: course.answers)
  }

  // MARK: Depth

  /// Asks the depth controller about the chains that have come to a checkpoint.
  mutating func askDepth(on replica: Int, at now: SimTime) {
    replicas.now = now
    view.now = now
    let limit = pools[replicas[replica].pool].limits.maxModelTokens
    for index in 0..<requests.courses.checkpoints.count {
      let checkpoint = requests.courses.checkpoints[index]
      let slot = checkpoint.request.slot
      guard requests[slot].samplesLeft > 0, !requests[slot].isGivenUp,
        requests[slot].course?.decided == nil
      else { continue }
      result.courses.checkpoints += 1
      let row = replicas[replica].chain(in: checkpoint.row)
      let sample = requests[slot].firstSample + row.sample
      let thought = row.tokens + requests[slot].headStart
      let arm = requests[slot].record.arm
      let query = requests[slot].query
      let chain = ChainView(
        request: requestView(query), arm: arm, sample: sample, reasoningTokens: thought,
        confidence: answers.confidence(
          in: query, arm: arm, sample: sample, reasoningTokens: thought),
        replica: replica)
      guard depth?.decide(chain, in: view) == .stop else { continue }
      result.courses.stoppedChains += 1
      replicas[replica].stopChain(of: checkpoint.row, limit: limit, answers, &requests)
    }
    requests.courses.checkpoints.truncate(to: 0)
  }

  /// Takes attempts off other replicas whose query's answer is known.
  mutating func stopSiblings(at now: SimTime) {
    for index in 0..<requests.courses.stopping.count {
      leave(requests.courses.stopping[index], at: now)
    }
    requests.courses.stopping.truncate(to: 0)
  }
}
