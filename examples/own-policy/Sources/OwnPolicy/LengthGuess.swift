import FleetEngine

/// Short prompts to the small model, long ones to the large one, unless that one is crowded.
struct LengthGuess: ServingPolicy {
  let small: Int
  let large: Int

  mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    let crowded = fleet.replicasByArm[large].allSatisfy { fleet.replicas[$0].load > 32 }
    let arm = request.promptTokens > 80 && !crowded ? large : small
    let replica = fleet.replicas.leastLoaded(among: fleet.replicasByArm[arm], after: -1)
    return .serve(arm: arm, replica: replica)
  }
}
