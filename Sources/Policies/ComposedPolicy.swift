public import FleetEngine

/// A policy in two independent steps: which arm, then which of its replicas.
public struct ComposedPolicy: ServingPolicy {
  private var arm: any ArmChoice
  private var replica: any ReplicaChoice

  public init(arm: any ArmChoice, replica: any ReplicaChoice) {
    self.arm = arm
    self.replica = replica
  }

  /// Refuses the request where the fleet has no replica for the arm.
  public mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    let arm = arm.chooseArm(for: request, in: fleet)
    let candidates = fleet.replicasByArm[arm]
    guard !candidates.isEmpty else { return .reject }
    return .serve(
      arm: arm, replica: replica.choose(for: request, among: candidates, in: fleet))
  }

  /// The same choice of replica as for the first attempt.
  public mutating func place(
    _ attempt: AttemptView, of request: RequestView, among candidates: ReplicaSet,
    in fleet: FleetView
  ) -> Int? {
    replica.choose(for: request, among: candidates, in: fleet)
  }
}
