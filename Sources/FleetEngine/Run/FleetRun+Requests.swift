internal import AnswerModels
internal import NumericalMethods
internal import Quantities
internal import Workloads

/// A policy that names an arm or a replica that is not there, or that cannot serve the arm.
public struct PolicyError: Error, CustomStringConvertible, Sendable {
  public let description: String
}

/// Requests that arrive and requests that end.
extension FleetRun {
  /// A query whose arrival is `now`: the policy decides, and it is queued or refused. Says whether
  /// it was queued.
  @discardableResult mutating func arrive(
    _ query: Query, at now: SimTime, headStart: Double? = nil, observer: inout some RunObserver
  ) throws -> Bool {
    try query.check()
    tally.arrived += 1
    tally.intervalArrivals += 1
    if tally.isOpen { result.requests.arrived += 1 }
    replicas.now = now
    view.now = now
    guard case .serve(let arm, let replica) = try decide(query, at: now) else {
      try reject(query, arm: -1, observer: &observer)
      return false
    }
    try check(arm: arm, replica: replica)
    replicas.prefetchReplica(replica)
    let slot =
      try hasCourse[arm]
      ? insertCourse(query, arm: arm, replica: replica, headStart: headStart)
      : insert(query, arm: arm, replica: replica, headStart: headStart)
    guard slot >= 0 else {
      if learns { tellRefused(query, arm: arm, replica: replica) }
      try reject(query, arm: arm, observer: &observer)
      return false
    }
    if requests[slot].isFirstRound { firstRoundLeft += 1 }
    enqueue(slot, on: replica, at: now)
    if hasCourse[arm] { try startSiblings(of: slot, at: now) }
    return true
  }

  /// What policies see of a query.
  func requestView(_ query: Query) -> RequestView {
    RequestView(
      query, at: query.arrival,
      estimatedDifficulty: hasEstimator ? estimator?.estimate(query) : nil)
  }

  mutating func enqueue(_ slot: Int32, on replica: Int, at now: SimTime) {
    let pool = replicas[replica].pool
    if replicas[replica].enqueue(slot, pools[pool], &requests) { cut(replica, at: now) }
    replicas.noteLoad(of: replica)
    if isIdle[replica] { forming.append(Int32(replica)) }
    if requests[slot].query.hasContext,
      let event = GivingUp(requests[slot].query, requests.reference(to: slot))
    {
      deadlines.insert(event, requests)
    }
  }

  /// Ends the stretch in progress on `replica` at its first boundary from `now` on.
  mutating func cut(_ replica: Int, at now: SimTime) {
    guard replicas[replica].cut(at: now) else { return }
    queue.set(replica, to: replicas[replica].stretchEnd)
  }

  private func check(arm: Int, replica: Int) throws {
    guard fleet.arms.indices.contains(arm) else {
      throw PolicyError(description: "the policy chose arm \(arm) of \(fleet.arms.count)")
    }
    guard replica >= 0 && replica < replicas.count,
      fleet.arms[arm].pools.contains(replicas[replica].pool)
    else {
      throw PolicyError(
        description:
          "the policy sent arm \(fleet.arms[arm].name) to replica \(replica), which does not "
          + "serve it")
    }
  }

  /// Notes the request as the replica will serve it and returns its slot, or -1 if it never can.
  ///
  /// A head start is the share of its output that a request of a closed loop's first round had
  /// before the run began; those tokens stand in its prompt.
  mutating func insert(
    _ query: Query, _ attempt: Attempt? = nil, arm: Int, replica: Int, headStart: Double?
  ) throws -> Int32 {
    let pool = replicas[replica].pool
    if let most = pools[pool].rules.waitingLimit, replicas[replica].waiting.count >= most {
      return -1
    }
    let samples = attempt?.samples ?? fleet.arms[arm].samples
    let firstSample = attempt?.firstSample ?? 0
    var promptTokens = attempt?.promptTokens ?? answers.promptTokens(of: query, arm: arm)
    guard promptTokens > 0 else {
      throw query.fault("has a prompt of \(promptTokens) tokens under \(fleet.arms[arm].name)")
    }
    let limit = pools[pool].limits.maxModelTokens
    let drawn = answers.lengths(of: query, arm: arm, sample: firstSample)
    var headStartTokens = 0
    if let headStart {
      headStartTokens = Int(Double(drawn.outputTokens) * headStart)
      headStartTokens = min(headStartTokens, max(0, limit - 1 - promptTokens))
      promptTokens += headStartTokens
    }
    guard promptTokens < limit else { return -1 }
    func served(_ lengths: SampleLengths) -> ServedLengths {
      ServedLengths(
        lengths, headStart: headStartTokens, promptTokens: promptTokens, limit: limit)
    }
    let first = served(drawn)
    var longest = first.output
    for sample in 1..<max(1, samples) {
      let lengths = served(answers.lengths(of: query, arm: arm, sample: firstSample + sample))
      longest = max(longest, lengths.output)
    }
    guard
      pools[pool].canServe(
        promptTokens: promptTokens, samples: samples, longestOutput: longest)
    else { return -1 }
    let slot = requests.insert(
      LiveRequest(
        query: query,
        record: LiveRecord(
          arm: arm, replica: replica, promptTokens: promptTokens, samples: samples),
        firstLengths: first, samplesLeft: samples,
        sharedBlocks: pools[pool].blockSize.blocks(filledBy: promptTokens),
        headStart: headStartTokens, isFirstRound: headStart != nil, firstSample: firstSample))
    if pools[pool].rules.cachesPrefixes, query.hasContext { identifyPrefix(of: slot, in: pool) }
    return slot
  }

  private mutating func reject(
    _ query: Query, arm: Int, observer: inout some RunObserver
  ) throws {
    if tally.isOpen { result.requests.rejected += 1 }
    rejectedCount += 1
    var record = RequestRecord(rejected: query, arm: arm)
    record.isMeasured = tally.isOpen
    observer.requestEnded(record)
    try arrivals.queryEnded(query, at: query.arrival)
  }

  /// Records the requests that have ended at `now`, and lets come what follows them.
  mutating func recordEnded(at now: SimTime, observer: inout some RunObserver) throws {
    var ended = 0
    for index in 0..<requests.ended.count {
      let slot = requests.ended[index]
      if requests[slot].hasCourse, try goesOn(after: slot, at: now) {
        requests.remove(slot)
        continue
      }
      ended += 1
      finish(slot, observer: &observer)
      if arrivals.takesFollowUps { try arrivals.queryEnded(requests[slot].query, at: now) }
      requests.remove(slot)
    }
    requests.ended.truncate(to: 0)
    guard case .closedLoop = fleet.arrivals else { return }
    updateSteadyState()
    for _ in 0..<ended { try issueNext(at: now, observer: &observer) }
  }

  /// Completes the record of a request that has ended, and hands it on.
  private mutating func finish(_ slot: Int32, observer: inout some RunObserver) {
    if requests[slot].hasCourse { addUpCourse(of: slot) }
    var record = requests[slot].endedRecord
    let isCompleted = record.outcome == .completed
    if requests[slot].hasCourse {
      record.isCorrect = isCourseCorrect(slot)
    } else if isCompleted,
      let correct = answers.isCorrect(requests[slot].query, arm: record.arm)
    {
      record.isCorrect = correct && requests[slot].cutSamples < record.samples
    }
    if requests[slot].isFirstRound { firstRoundLeft -= 1 }
    if requests[slot].query.hasContext {
      // It came to the policy before the policy had decided it.
      record.arrival =
        .zero + (record.arrival.sinceStart - requests[slot].query.context.decisionDelay)
    }
    if learns { tell(record, requests[slot].query) }
    record.isMeasured = tally.isOpen
    endedEnergy += record.energy
    if isCompleted {
      completedCount += 1
      tally.cutSamples += requests[slot].cutSamples
      tally.intervalCompletions += 1
    } else {
      givenUpCount += 1
    }
    count(record)
    observer.requestEnded(record)
  }

  /// Counts a request that ended, where that was inside the window.
  private mutating func count(_ record: borrowing RequestRecord) {
    guard tally.isOpen else { return }
    tally.countEnded(
      reasoning: record.reasoningTokens, cachedPrompt: record.cachedPromptTokens)
    if record.outcome == .completed {
      countCompleted(record)
    } else if record.outcome == .timedOut {
      result.requests.timedOut += 1
    } else {
      result.requests.cancelled += 1
    }
  }

  private mutating func countCompleted(_ record: borrowing RequestRecord) {
    result.requests.completed += 1
    result.completedByArm[record.arm] += 1
    if record.meets(fleet.objective) { result.requests.metObjective += 1 }
    result.latency.timeToFirstToken.record(record.timeToFirstToken.nanoseconds)
    result.latency.endToEnd.record(record.endToEndLatency.nanoseconds)
    result.latency.timeToFirstAnswerToken.record(record.timeToFirstAnswerToken.nanoseconds)
    result.latency.queueingDelay.record(record.queueingDelay.nanoseconds)
    if let time = record.timePerOutputToken {
      result.latency.timePerOutputToken.record(time.nanoseconds)
    }
    guard let correct = record.isCorrect else { return }
    while result.correctByTask.count <= record.task {
      result.correctByTask.append(CorrectCounts())
    }
    result.correctByTask[record.task].judged += 1
    if correct { result.correctByTask[record.task].correct += 1 }
  }
}

extension RequestRecord {
  /// A request that is refused as it arrives.
  init(rejected query: Query, arm: Int) {
    self.init(
      id: query.id, task: query.task, arm: arm, replica: -1, outcome: .rejected,
      arrival: query.arrival, firstScheduled: query.arrival, firstToken: query.arrival,
      firstAnswerToken: query.arrival, end: query.arrival, promptTokens: query.promptTokens,
      cachedPromptTokens: 0, outputTokens: 0, reasoningTokens: 0, samples: 0, preemptions: 0,
      timePerOutputToken: nil, prefillEnergy: .zero, decodeEnergy: .zero, isCorrect: nil)
    attempts = 0
  }
}
