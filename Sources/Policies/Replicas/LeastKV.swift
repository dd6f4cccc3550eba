public import FleetEngine

/// The replica with the least share of its KV cache in use: the least loaded by memory, where
/// contexts differ more than their number. Equal shares take turns, as under `LeastLoaded`.
///
/// Looks at every candidate: KV caches grow with every token, so that no index of them would stay
/// true.
public struct LeastKV: RequestBlindReplicaChoice {
  private var lastChosen = -1

  public init() {}

  public mutating func choose(among candidates: ReplicaSet, in fleet: FleetView) -> Int {
    lastChosen = fleet.replicas.leastOccupied(among: candidates, after: lastChosen)
    return lastChosen
  }
}
