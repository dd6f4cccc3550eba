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
  let curves: PoolCurves

  /// `curves` are those of the fleet's pools, for policies that read them.
  public init(
    now: SimTime, replicas: FleetReplicas, replicasByArm: [ReplicaSet],
    curves: PoolCurves = PoolCurves([])
  ) {
    self.now = now
    self.replicas = replicas
    self.replicasByArm = replicasByArm
    self.curves = curves
  }

  /// A fleet in the given state.
  public init(
    now: SimTime, replicas: [ReplicaView], replicasByArm: [ReplicaSet],
    curves: PoolCurves = PoolCurves([])
  ) {
    self.init(
      now: now, replicas: FleetReplicas(StandingFleet(replicas)), replicasByArm: replicasByArm,
      curves: curves)
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
}
