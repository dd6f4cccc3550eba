public import AnswerModels
public import Quantities
package import Workloads

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
  /// What is known of the prompt's content; nil where nothing is.
  public let prefix: PromptBlocks?
  /// What the workload declares of each query for policies to see.
  private let features: QueryFeatures?

  public init(
    id: UInt64, arrival: SimTime, task: Int, promptTokens: Int, priority: Int = 0,
    session: UInt64? = nil, estimatedDifficulty: Double? = nil, prefix: PromptBlocks? = nil,
    columns: [Double] = [], texts: [String] = []
  ) {
    self.init(
      id: id, arrival: arrival, task: task, promptTokens: promptTokens, priority: priority,
      session: session, estimatedDifficulty: estimatedDifficulty, prefix: prefix,
      features: columns.isEmpty && texts.isEmpty
        ? nil : QueryFeatures(numbers: columns, texts: texts))
  }

  private init(
    id: UInt64, arrival: SimTime, task: Int, promptTokens: Int, priority: Int, session: UInt64?,
    estimatedDifficulty: Double?, prefix: PromptBlocks?, features: QueryFeatures?
  ) {
    self.id = id
    self.arrival = arrival
    self.task = task
    self.promptTokens = promptTokens
    self.priority = priority
    self.session = session
    self.estimatedDifficulty = estimatedDifficulty
    self.prefix = prefix
    self.features = features
  }

  /// By declared column of numbers: a router's scores, an embedding.
  public var columns: [Double] { features?.numbers ?? [] }

  /// By declared column of text.
  public var texts: [String] { features?.texts ?? [] }

  /// What of `query`, which arrives at `now`, a policy may know.
  package init(_ query: Query, at now: SimTime, estimatedDifficulty: Double?) {
    guard query.hasContext else {
      self.init(
        id: query.id, arrival: now, task: query.task, promptTokens: query.promptTokens,
        priority: query.priority, estimatedDifficulty: estimatedDifficulty)
      return
    }
    let context = query.context
    self.init(
      id: query.id, arrival: now, task: query.task, promptTokens: query.promptTokens,
      priority: query.priority, session: context.session,
      estimatedDifficulty: estimatedDifficulty,
      prefix: PromptBlocks(context, promptTokens: query.promptTokens),
      features: context.features)
  }
}

/// The leading blocks of a prompt by content: equal ids stand for equal tokens after equal tokens.
///
/// It ends with the prompt: what the answer will hold is not in it.
public struct PromptBlocks: Sendable {
  private let ids: [UInt64]
  /// Whole blocks of the prompt whose content is known.
  public let count: Int
  public let tokensPerBlock: Int

  /// Nil where no block is known.
  public init?(_ ids: [UInt64], tokensPerBlock: Int, promptTokens: Int) {
    count = min(ids.count, promptTokens / max(1, tokensPerBlock))
    guard count > 0 else { return nil }
    self.ids = ids
    self.tokensPerBlock = tokensPerBlock
  }

  init?(_ context: QueryContext, promptTokens: Int) {
    self.init(
      context.prefixBlockIDs, tokensPerBlock: context.prefixBlockTokens,
      promptTokens: promptTokens)
  }

  public subscript(block: Int) -> UInt64 {
    precondition(block < count, "block \(block) of \(count)")
    return ids[block]
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

  /// Of its KV blocks, 0 to 1; 0 where it has none.
  public var kvShareUsed: Double {
    kvBlockCount > 0 ? Double(kvBlocksUsed) / Double(kvBlockCount) : 0
  }
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
  /// Decides for one request at its arrival. Called once per request, in order of arrival. What
  /// it throws ends the run.
  mutating func decide(_ request: RequestView, in fleet: FleetView) throws -> Decision

  /// The replica, one of `candidates`, for a further attempt of a request under the arm that it
  /// got; nil where it shall do with what it has. Called in the order in which attempts are made.
  mutating func place(
    _ attempt: AttemptView, of request: RequestView, among candidates: ReplicaSet,
    in fleet: FleetView
  ) -> Int?

  /// Whether it wants to be told how requests end; asked once, before the first.
  var learns: Bool { get }

  /// A request of its own has ended. Called only where it learns.
  mutating func requestEnded(_ ended: EndedRequest)

  /// The judge has looked at an answer. Called only where it learns, before the next decision.
  mutating func answerJudged(_ ended: EndedRequest, isCorrect: Bool)
}

/// What most policies do.
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

  public var learns: Bool { false }
  public mutating func requestEnded(_ ended: EndedRequest) {}
  public mutating func answerJudged(_ ended: EndedRequest, isCorrect: Bool) {}
}
