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
  /// A query arrives at `now`: the policy decides, and it is queued or refused. Says whether it
  /// was queued.
  @discardableResult mutating func arrive(
    _ query: Query, at now: SimTime, headStart: Double? = nil, observer: inout some RunObserver
  ) throws -> Bool {
    tally.arrived += 1
    tally.intervalArrivals += 1
    if tally.isOpen { result.requests.arrived += 1 }
    var query = query
    query.arrival = now
    let decision = policy.decide(
      RequestView(
        id: query.id, arrival: now, task: query.task, promptTokens: query.promptTokens,
        estimatedDifficulty: estimator?.estimate(query)),
      in: FleetView(now: now, replicas: views, replicasByArm: replicasByArm))
    guard case .serve(let arm, let replica) = decision else {
      reject(RequestRecord(rejected: query, arm: -1), observer: &observer)
      return false
    }
    try check(arm: arm, replica: replica)
    let request = liveRequest(query, arm: arm, replica: replica, headStart: headStart)
    guard let request else {
      reject(RequestRecord(rejected: query, arm: arm), observer: &observer)
      return false
    }
    let tokens = request.record.promptTokens
    let slot = requests.insert(request)
    replicas[replica].enqueue(
      WaitingItem(request: slot, sample: -1, generated: 0, tokens: tokens))
    views[replica] = replicas[replica].view
    if isIdle[replica] { forming.append(replica) }
    if headStart != nil { firstRoundLeft += 1 }
    return true
  }

  private func check(arm: Int, replica: Int) throws {
    guard fleet.arms.indices.contains(arm) else {
      throw PolicyError(description: "the policy chose arm \(arm) of \(fleet.arms.count)")
    }
    guard replicas.indices.contains(replica),
      fleet.arms[arm].pools.contains(replicas[replica].pool)
    else {
      throw PolicyError(
        description:
          "the policy sent arm \(fleet.arms[arm].name) to replica \(replica), which does not "
          + "serve it")
    }
  }

  /// The request as the replica will serve it, or nil if it never can.
  ///
  /// A head start is the share of its output that a request of a closed loop's first round had
  /// before the run began; those tokens stand in its prompt.
  private func liveRequest(
    _ query: Query, arm: Int, replica: Int, headStart: Double?
  ) -> LiveRequest? {
    let samples = fleet.arms[arm].samples
    var promptTokens = answers.promptTokens(of: query, arm: arm)
    let limit = replicas[replica].limits.maxModelTokens
    var headStartTokens = 0
    if let headStart {
      let drawn = answers.lengths(of: query, arm: arm, sample: 0).outputTokens
      headStartTokens = Int(Double(drawn) * headStart)
      headStartTokens = min(headStartTokens, max(0, limit - 1 - promptTokens))
      promptTokens += headStartTokens
    }
    guard promptTokens < limit else { return nil }
    var longest = 0
    for sample in 0..<samples {
      let lengths = ServedLengths(
        answers.lengths(of: query, arm: arm, sample: sample), headStart: headStartTokens,
        promptTokens: promptTokens, limit: limit)
      longest = max(longest, lengths.output)
    }
    guard
      replicas[replica].canServe(
        promptTokens: promptTokens, samples: samples, longestOutput: longest)
    else { return nil }
    var record = RequestRecord(rejected: query, arm: arm)
    record.outcome = .completed
    record.replica = replica
    record.promptTokens = promptTokens
    record.samples = samples
    record.firstScheduled = .never
    record.firstAnswerToken = .never
    return LiveRequest(
      query: query, record: record, samplesLeft: samples,
      sharedBlocks: promptTokens / replicas[replica].limits.tokensPerBlock,
      headStart: headStartTokens, isFirstRound: headStart != nil)
  }

  private mutating func reject(_ record: RequestRecord, observer: inout some RunObserver) {
    tally.ended += 1
    if tally.isOpen { result.requests.rejected += 1 }
    rejectedCount += 1
    var record = record
    record.isMeasured = tally.isOpen
    observer.requestEnded(record)
  }

  /// Ends the iteration in progress on `replica` at `now`, and the requests that end with it.
  mutating func endIteration(
    on replica: Int, at now: SimTime, observer: inout some RunObserver
  ) throws {
    replicas[replica].endIteration(&requests, &tally, answers: answers)
    views[replica] = replicas[replica].view
    queue.set(replica, to: .never)
    forming.append(replica)
    for index in requests.ended.indices {
      let slot = requests.ended[index]
      finish(slot, observer: &observer)
      requests.remove(slot)
    }
    let ended = requests.ended.count
    requests.ended.removeAll(keepingCapacity: true)
    if case .closedLoop = fleet.arrivals {
      updateSteadyState(at: now)
      for _ in 0..<ended { try issueNext(at: now, observer: &observer) }
    }
  }

  /// Completes the record of a request that has ended, and hands it on.
  private mutating func finish(_ slot: Int32, observer: inout some RunObserver) {
    let request = requests[slot]
    var record = request.record
    if request.timePerTokenCount > 0 {
      record.timePerOutputToken = SimDuration(
        ticks: request.timePerTokenTicks / Int128(request.timePerTokenCount))
    }
    if let correct = answers.isCorrect(request.query, arm: record.arm) {
      record.isCorrect = correct && request.cutSamples < record.samples
    }
    if request.isFirstRound { firstRoundLeft -= 1 }
    record.isMeasured = tally.isOpen
    endedEnergy += record.energy
    tally.ended += 1
    tally.intervalCompletions += 1
    if tally.isOpen { count(record) }
    observer.requestEnded(record)
  }

  /// Counts a request that ended inside the window.
  private mutating func count(_ record: RequestRecord) {
    result.requests.completed += 1
    result.completedByArm[record.arm] += 1
    tally.reasoned(tokens: record.reasoningTokens)
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
  /// A request that is refused as it arrives; the start of every other record.
  init(rejected query: Query, arm: Int) {
    self.init(
      id: query.id, task: query.task, arm: arm, replica: -1, outcome: .rejected,
      arrival: query.arrival, firstScheduled: query.arrival, firstToken: query.arrival,
      firstAnswerToken: query.arrival, end: query.arrival, promptTokens: query.promptTokens,
      cachedPromptTokens: 0, outputTokens: 0, reasoningTokens: 0, samples: 0, preemptions: 0,
      timePerOutputToken: nil, prefillEnergy: .zero, decodeEnergy: .zero, isCorrect: nil)
  }
}
