import AnswerModels
public import FleetEngine
import Quantities

/// Every request to the next replica of arm 0, in turn.
public struct TakeTurns: ServingPolicy {
  private var served = 0

  public init() {}

  public mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    let replicas = fleet.replicasByArm[0]
    defer { served += 1 }
    return .serve(arm: 0, replica: replicas[served % replicas.count])
  }
}

/// The replica of arm 0 with the least load, the first of equals.
public struct JoinShortest: ServingPolicy {
  public init() {}

  public mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    var best = fleet.replicasByArm[0][0]
    for replica in fleet.replicasByArm[0]
    where fleet.replicas[replica].load < fleet.replicas[best].load {
      best = replica
    }
    return .serve(arm: 0, replica: best)
  }
}

/// Decisions that depend on every bit of what the policy is shown.
///
/// Two engines that show a policy different things part ways at once under this one.
public struct ViewHashPolicy: ServingPolicy {
  private let seed: UInt64
  /// One request in this many is refused; 0 for none.
  private let rejectsOneIn: UInt64

  public init(seed: UInt64, rejectsOneIn: UInt64 = 0) {
    self.seed = seed
    self.rejectsOneIn = rejectsOneIn
  }

  public mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    let hash = ViewHash(seed, request, fleet).value
    if rejectsOneIn > 0, hash % rejectsOneIn == 0 { return .reject }
    let deployed = fleet.replicasByArm.indices.filter { !fleet.replicasByArm[$0].isEmpty }
    let arm = deployed[Int((hash >> 8) % UInt64(deployed.count))]
    let replicas = fleet.replicasByArm[arm]
    return .serve(arm: arm, replica: replicas[Int((hash >> 24) % UInt64(replicas.count))])
  }
}

extension ViewHashPolicy {
  /// One attempt in eight is not made.
  public mutating func place(
    _ attempt: AttemptView, of request: RequestView, among candidates: ReplicaSet,
    in fleet: FleetView
  ) -> Int? {
    var hash = ViewHash(seed, request, fleet)
    for value in [
      Int(attempt.purpose.rawValue), attempt.arm, attempt.stage, attempt.number,
      attempt.promptTokens, attempt.samples, attempt.lastReplica,
    ] {
      hash.stir(value)
    }
    if hash.value % 8 == 0 { return nil }
    return candidates[Int((hash.value >> 24) % UInt64(candidates.count))]
  }
}

/// Depth by every bit of what a controller is shown: one chain in four stops.
public struct ViewHashDepth: DepthController {
  private let seed: UInt64

  public init(seed: UInt64) { self.seed = seed }

  public mutating func decide(_ chain: ChainView, in fleet: FleetView) -> DepthDecision {
    var hash = ViewHash(seed, chain.request, fleet)
    for value in [chain.arm, chain.sample, chain.reasoningTokens, chain.replica] {
      hash.stir(value)
    }
    if let confidence = chain.confidence { hash.stir(Int(confidence * 1e6)) }
    return hash.value % 4 == 0 ? .stop : .goOn
  }
}

/// A hash of all that is seen of a request and of a fleet.
private struct ViewHash {
  private(set) var value: UInt64

  init(_ seed: UInt64, _ request: RequestView, _ fleet: FleetView) {
    value = SplitMix64.mixed(seed ^ request.id)
    stir(Int(truncatingIfNeeded: fleet.now.ticks))
    stir(request.promptTokens)
    stir(request.priority)
    stir(Int(truncatingIfNeeded: request.arrival.ticks))
    if let session = request.session { stir(Int(truncatingIfNeeded: session)) }
    for replica in fleet.replicas {
      stir(replica.waitingRequests)
      stir(replica.runningRows)
      stir(replica.pendingPromptTokens)
      stir(replica.kvBlocksUsed)
      stir(replica.kvBlockCount)
    }
  }

  mutating func stir(_ other: Int) {
    value = SplitMix64.mixed(value ^ UInt64(bitPattern: Int64(other)))
  }
}

/// The decisions of a list, by request number.
public struct ScriptedPolicy: ServingPolicy {
  private let decisions: [Decision]

  public init(_ decisions: [Decision]) { self.decisions = decisions }

  public mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    decisions[Int(request.id)]
  }
}
