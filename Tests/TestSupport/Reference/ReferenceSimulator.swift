public import AnswerModels
import DeviceModels
public import FleetEngine
import NumericalMethods
import Quantities
public import Workloads

/// The serving rules of docs/model.md done slowly: one event an iteration, every row and token
/// touched. Shares with the engine only its input and output types, the devices' cost function,
/// the answers and the policy.
public final class ReferenceSimulator {
  let fleet: FleetConfiguration
  let answers: any AnswerModel
  var policy: any ServingPolicy
  var depth: (any DepthController)?
  var source: any QuerySource = ListSource([])
  let replicas: [ReferenceReplica]
  /// By replica, as of its last boundary or the last arrival there.
  var views: [ReplicaView]
  /// By replica, as of the last instant at which anything happened to it.
  var states: [ReferenceReplicaState]
  /// Replicas to which something happened at this instant.
  var touched: Set<Int> = []
  let log = ReferenceLog()

  var now = SimTime.zero
  /// Open and capped: queries that have not been sent, the source's next one among them.
  var unsent: [Query] = []
  /// Ids of those that are follow-ups.
  var followUps: Set<UInt64> = []
  var inFlight = 0
  var records: [ReferenceRecord] = []
  var attempts: [ReferenceAttempt] = []
  /// Closed loop: requests of the first round that have not ended.
  var firstRoundLeft = 0
  var sourceIsDry = false
  var window = ReferenceWindow()

  public init(
    fleet: FleetConfiguration, answers: any AnswerModel, policy: any ServingPolicy,
    depth: (any DepthController)? = nil
  ) {
    self.depth = depth
    self.fleet = fleet
    self.answers = answers
    self.policy = policy
    let pools = fleet.pools.enumerated().flatMap { index, pool in
      (0..<pool.replicaCount).map { (index, pool, $0) }
    }
    let checkpointTokens = fleet.arms.map { depth == nil ? nil : $0.course?.checkpointTokens }
    replicas = pools.enumerated().map { [log] index, pool in
      ReferenceReplica(
        pool: pool.1, poolIndex: pool.0, number: pool.2, index: index, answers: answers,
        checkpointTokens: checkpointTokens, log: log)
    }
    views = replicas.map(\.view)
    states = replicas.map(\.state)
  }

  /// Runs until everything has ended. Rethrows what the source throws.
  public func run(_ source: any QuerySource) throws -> ReferenceResult {
    self.source = source
    try start()
    var next: SimTime? = .zero
    while let instant = next {
      now = instant
      try passInstant()
      next = nextInstant
    }
    log.trace.events.evictions = replicas.reduce(0) { $0 + $1.cache.evictions }
    return ReferenceResult(
      fleet: fleet, records: records, attempts: attempts, trace: log.trace, end: now, window: window
    )
  }

  public func run(_ queries: [Query]) throws -> ReferenceResult { try run(ListSource(queries)) }

  private func start() throws {
    guard case .closedLoop(let concurrency) = fleet.arrivals else { return try pullQuery() }
    let progress = RandomStream(seed: fleet.seed, purpose: "closed-loop first round")
    for slot in 0..<concurrency * replicas.count {
      try fillSlot(headStart: progress.uniform(id: UInt64(slot)))
    }
  }

  /// The next instant at which something happens by itself.
  private var nextInstant: SimTime? {
    var instants = replicas.compactMap { $0.iteration?.end }
    if let query = nextToSend { instants.append(query.arrival) }
    return instants.min()
  }

  /// Arrivals, ends of iterations, requests that have no time at all, new iterations; then the
  /// fleet is looked at.
  private func passInstant() throws {
    try sendDueQueries()
    var anythingEnded = false
    for replica in replicas where replica.iteration?.end == now {
      let left = replica.endIteration(at: now)
      look(at: replica)
      askDepth(on: replica)
      if try recordEnds(left) { anythingEnded = true }
    }
    while let replica = replicas.first(where: { $0.iteration == nil && $0.isDue(at: now) }) {
      let left = replica.giveUp(at: now)
      look(at: replica)
      if try recordEnds(left) { anythingEnded = true }
    }
    for replica in replicas where replica.iteration == nil && replica.hasWork {
      replica.formIteration(at: now)
      look(at: replica)
    }
    for index in touched { states[index] = replicas[index].state }
    touched = []
    log.trace.states.append(.init(time: now, queries: inFlight, replicas: states))
    if anythingEnded { noteSteadyState() }
  }

  /// Something happened to the replica; policies see it from now on.
  func look(at replica: ReferenceReplica) {
    views[replica.index] = replica.view
    touched.insert(replica.index)
  }

  /// Records requests that ended on one replica, then lets in what they made room for; says
  /// whether a query has ended.
  private func recordEnds(_ ended: [ReferenceRequest]) throws -> Bool {
    var queriesEnded = 0
    for request in ended {
      attempts.append(ReferenceAttempt(request))
      if try goesOn(after: request) { continue }
      queriesEnded += 1
      inFlight -= 1
      if request.isFirstRound { firstRoundLeft -= 1 }
      records.append(
        request.course.map { course in
          ReferenceRecord(of: course, isCorrect: isCorrect(course))
        } ?? ReferenceRecord(of: request, isCorrect: isCorrect(request)))
      try pullFollowUp(to: request.query, endedAt: now)
    }
    if case .closedLoop = fleet.arrivals {
      for _ in 0..<queriesEnded { try fillSlot() }
    } else {
      try sendDueQueries()
    }
    return queriesEnded > 0
  }

  /// Nil where nobody can judge; false where every sample was cut.
  private func isCorrect(_ request: ReferenceRequest) -> Bool? {
    guard request.outcome == .completed,
      let isCorrect = answers.isCorrect(request.query, arm: request.arm)
    else { return nil }
    return isCorrect && !request.samples.allSatisfy(\.isCut)
  }

  /// The steady state begins when the first round is over, and ends when the source is dry.
  private func noteSteadyState() {
    guard fleet.window == .steadyState, window.end == nil else { return }
    if window.start == nil, firstRoundLeft == 0 { window.start = now }
    if sourceIsDry {
      window.start = window.start ?? now
      window.end = now
    }
  }
}
