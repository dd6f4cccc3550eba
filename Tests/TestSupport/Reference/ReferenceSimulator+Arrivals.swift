import AnswerModels
import FleetEngine
import Quantities
import Workloads

/// Queries that come, and what becomes of them at their arrival.
extension ReferenceSimulator {
  /// The query that is sent next, if the cap lets one in now.
  var nextToSend: Query? {
    if case .capped(let concurrency) = fleet.arrivals, inFlight >= concurrency { return nil }
    return unsent.min { ($0.arrival, $0.id) < ($1.arrival, $1.id) }
  }

  /// Takes the source's next query among those that have not been sent.
  func pullQuery() throws {
    if let query = try source.next() {
      unsent.append(query)
    } else {
      sourceIsDry = true
    }
  }

  func pullFollowUp(to query: Query, endedAt end: SimTime) throws {
    if case .closedLoop = fleet.arrivals { return }
    guard let next = try source.followUp(to: query, endedAt: end) else { return }
    log.trace.events.followUps += 1
    followUps.insert(next.id)
    unsent.append(next)
  }

  /// Sends every query that is due and that the cap lets in.
  func sendDueQueries() throws {
    if case .closedLoop = fleet.arrivals { return }
    while var query = nextToSend, query.arrival <= now {
      unsent.removeAll { $0.id == query.id }
      if followUps.remove(query.id) == nil { try pullQuery() }
      if query.arrival < now { log.trace.events.heldBack += 1 }
      query.arrival = now
      try arrive(query)
    }
  }

  /// Takes queries from the source until one is not refused, or the source is dry.
  func fillSlot(headStart: Double? = nil) throws {
    while !sourceIsDry {
      guard var query = try source.next() else {
        sourceIsDry = true
        return
      }
      query.arrival = now
      if try arrive(query, headStart: headStart) { return }
    }
  }

  /// A query arrives now; says whether it is queued.
  @discardableResult
  private func arrive(_ query: Query, headStart: Double? = nil) throws -> Bool {
    log.trace.arrivals.append(now)
    if replicas.contains(where: { $0.iteration?.end == now }) {
      log.trace.events.arrivalsAtEnds += 1
    }
    guard case .serve(let arm, let replica) = decide(query) else {
      try reject(query, arm: -1)
      return false
    }
    var attempts = firstAttempts(of: query, arm: arm)
    let first = attempts.removeFirst()
    let course =
      fleet.arms[arm].course == nil
      ? nil : ReferenceCourse(query: query, arm: arm, isFirstRound: headStart != nil)
    guard
      let request = request(
        query, first, arm: arm, replica: replicas[replica], headStart: headStart, course: course)
    else {
      try reject(query, arm: arm)
      return false
    }
    inFlight += 1
    if request.isFirstRound { firstRoundLeft += 1 }
    enqueue(request)
    if let course { try make(attempts, in: course, after: replica) }
    return true
  }

  private func decide(_ query: Query) -> Decision {
    policy.decide(requestView(query), in: fleetView)
  }

  /// What policies see now.
  var fleetView: FleetView {
    func replicas(of pools: [Int]) -> ReplicaSet {
      ReplicaSet(self.replicas.indices.filter { pools.contains(self.replicas[$0].poolIndex) })
    }
    return FleetView(
      now: now, replicas: views, replicasByArm: fleet.arms.map { replicas(of: $0.pools) },
      furtherReplicasByArm: fleet.arms.map { arm in
        (arm.course?.furtherPools ?? []).map { replicas(of: $0) }
      }, curves: PoolCurves(fleet.pools))
  }

  func requestView(_ query: Query) -> RequestView {
    RequestView(
      id: query.id, arrival: query.arrival, task: query.task, promptTokens: query.promptTokens,
      priority: query.priority, session: query.context.session)
  }

  private func reject(_ query: Query, arm: Int) throws {
    records.append(ReferenceRecord(rejected: query, arm: arm))
    try pullFollowUp(to: query, endedAt: now)
  }

  /// The request as the replica will serve it, or nil if it refuses to.
  func request(
    _ query: Query, _ attempt: Attempt, arm: Int, replica: ReferenceReplica, headStart: Double?,
    course: ReferenceCourse?
  ) -> ReferenceRequest? {
    let limits = replica.limits
    var query = query
    if let prefix = attempt.prefix {
      query.context.prefixBlockIDs = prefix.blockIDs
      query.context.prefixBlockTokens = prefix.blockTokens
    }
    var promptTokens = attempt.promptTokens
    var headStartTokens = 0
    if let headStart {
      let drawn = answers.lengths(of: query, arm: arm, sample: attempt.firstSample).outputTokens
      let room = max(0, limits.maxModelTokens - 1 - promptTokens)
      headStartTokens = min(Int(Double(drawn) * headStart), room)
      promptTokens += headStartTokens
    }
    guard promptTokens < limits.maxModelTokens else { return nil }
    let samples = (0..<attempt.samples).map {
      ReferenceSample(
        index: $0,
        drawn: answers.lengths(of: query, arm: arm, sample: attempt.firstSample + $0),
        headStart: headStartTokens, roomForOutput: limits.maxModelTokens - promptTokens)
    }
    guard fits(promptTokens: promptTokens, samples: samples, limits: limits),
      replica.waiting.count < replica.rules.waitingLimit ?? .max
    else { return nil }
    return ReferenceRequest(
      query: query, arm: arm, replica: replica.index, promptTokens: promptTokens,
      samples: samples, isFirstRound: headStart != nil || course?.isFirstRound == true,
      headStartTokens: headStartTokens, attempt: attempt, course: course)
  }

  /// Whether an empty replica can take the request in, and can hold its prompt with the longest
  /// sample.
  private func fits(promptTokens: Int, samples: [ReferenceSample], limits: EngineLimits) -> Bool {
    let size = limits.tokensPerBlock
    let longest = samples.map(\.outputTokens).max() ?? 0
    let tails = promptTokens % size > 0 ? samples.count : 0
    return samples.count <= limits.batchRowLimit
      && promptTokens / size + tails <= limits.kvBlockCount
      && (promptTokens + longest - 1 + size - 1) / size <= limits.kvBlockCount
  }
}
