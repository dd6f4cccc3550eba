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
    var hash = SplitMix64.mixed(seed ^ request.id)
    func stir(_ value: Int) { hash = SplitMix64.mixed(hash ^ UInt64(bitPattern: Int64(value))) }
    stir(Int(truncatingIfNeeded: fleet.now.ticks))
    stir(request.promptTokens)
    stir(request.priority)
    if let session = request.session { stir(Int(truncatingIfNeeded: session)) }
    for replica in fleet.replicas {
      stir(replica.waitingRequests)
      stir(replica.runningRows)
      stir(replica.pendingPromptTokens)
      stir(replica.kvBlocksUsed)
      stir(replica.kvBlockCount)
    }
    if rejectsOneIn > 0, hash % rejectsOneIn == 0 { return .reject }
    let deployed = fleet.replicasByArm.indices.filter { !fleet.replicasByArm[$0].isEmpty }
    let arm = deployed[Int((hash >> 8) % UInt64(deployed.count))]
    let replicas = fleet.replicasByArm[arm]
    return .serve(arm: arm, replica: replicas[Int((hash >> 24) % UInt64(replicas.count))])
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
