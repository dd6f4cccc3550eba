public import AnswerModels
public import Quantities

/// What a policy may know of a request: not its true difficulty, output length or answer.
public struct RequestView: Sendable {
  public let id: UInt64
  public let arrival: SimTime
  /// Index into the scenario's tasks.
  public let task: Int
  public let promptTokens: Int
  /// Lower is more urgent.
  public let priority: Int
  /// The conversation that it belongs to; nil if it stands alone.
  public let session: UInt64?
  /// The policy's own estimator's guess of the difficulty, (0, 1); nil without an estimator.
  public let estimatedDifficulty: Double?

  public init(
    id: UInt64, arrival: SimTime, task: Int, promptTokens: Int, priority: Int = 0,
    session: UInt64? = nil, estimatedDifficulty: Double? = nil
  ) {
    self.id = id
    self.arrival = arrival
    self.task = task
    self.promptTokens = promptTokens
    self.priority = priority
    self.session = session
    self.estimatedDifficulty = estimatedDifficulty
  }
}

/// What a policy may know of a replica: all that has taken effect before it is asked, in the order
/// of events at one instant (docs/model.md).
public struct ReplicaView: Hashable, Sendable {
  /// Items that wait: requests, and samples that were preempted.
  public var waitingRequests: Int = 0
  /// Sequences in the running batch, prefilling or decoding.
  public var runningRows: Int = 0
  /// Prompt tokens still to compute, of waiting and running requests.
  public var pendingPromptTokens: Int = 0
  public var kvBlocksUsed: Int = 0
  public var kvBlockCount: Int = 0

  public init() {}

  /// Items that wait, and rows that run.
  public var load: Int { waitingRequests + runningRows }
}

/// What a policy may know of the fleet.
public struct FleetView {
  public internal(set) var now: SimTime
  /// By replica index, pool by pool.
  public let replicas: FleetReplicas
  /// By arm: the replicas that can serve it.
  public let replicasByArm: [ReplicaSet]
  /// By arm, then stage: the replicas of the models beside its own (`ArmCourse.furtherPools`).
  public let furtherReplicasByArm: [[ReplicaSet]]
  let curves: PoolCurves

  /// `curves` are those of the fleet's pools, for policies that read them.
  public init(
    now: SimTime, replicas: FleetReplicas, replicasByArm: [ReplicaSet],
    furtherReplicasByArm: [[ReplicaSet]] = [], curves: PoolCurves = PoolCurves([])
  ) {
    self.now = now
    self.replicas = replicas
    self.replicasByArm = replicasByArm
    self.furtherReplicasByArm = furtherReplicasByArm
    self.curves = curves
  }

  /// A fleet in the given state.
  public init(
    now: SimTime, replicas: [ReplicaView], replicasByArm: [ReplicaSet],
    furtherReplicasByArm: [[ReplicaSet]] = [], curves: PoolCurves = PoolCurves([])
  ) {
    self.init(
      now: now, replicas: FleetReplicas(StandingFleet(replicas)), replicasByArm: replicasByArm,
      furtherReplicasByArm: furtherReplicasByArm, curves: curves)
  }
}

/// What a policy may know of an attempt that is about to be made for a request.
public struct AttemptView: Sendable {
  public let purpose: Attempt.Purpose
  public let arm: Int
  /// Which of the arm's models it is for: 0 its own.
  public let stage: Int
  /// Attempts made before it.
  public let number: Int
  public let promptTokens: Int
  public let samples: Int
  /// Where the one before it ran.
  public let lastReplica: Int

  public init(
    purpose: Attempt.Purpose, arm: Int, stage: Int, number: Int, promptTokens: Int, samples: Int,
    lastReplica: Int
  ) {
    self.purpose = purpose
    self.arm = arm
    self.stage = stage
    self.number = number
    self.promptTokens = promptTokens
    self.samples = samples
    self.lastReplica = lastReplica
  }
}

/// What becomes of a request at arrival.
public enum Decision: Hashable, Sendable {
  case serve(arm: Int, replica: Int)
  case reject
}

/// Who gets which arm on which replica.
public protocol ServingPolicy: Sendable {
  /// Decides for one request at its arrival. Called once per request, in order of arrival.
  mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision

  /// The replica, one of `candidates`, for a further attempt of a request under the arm that it
  /// got; nil where it shall do with what it has. Called in the order in which attempts are made.
  mutating func place(
    _ attempt: AttemptView, of request: RequestView, among candidates: ReplicaSet,
    in fleet: FleetView
  ) -> Int?
}

extension ServingPolicy {
  /// Where the attempt before it ran, if that serves its model; else the least loaded.
  public mutating func place(
    _ attempt: AttemptView, of request: RequestView, among candidates: ReplicaSet,
    in fleet: FleetView
  ) -> Int? {
    let last = attempt.lastReplica
    if candidates.ranges.contains(where: { $0.contains(last) }) { return last }
    return fleet.replicas.leastLoaded(among: candidates, after: last)
  }
}
