public import FleetEngine

/// The replica that owes the fewest answers, running work included.
///
/// Counting only waiting requests would send everything to one replica for as long as its queue
/// stays empty. Equal loads take turns: the next replica index after the last one chosen, around
/// the ring, so that an empty fleet fills evenly and no index is favored.
public struct LeastLoaded: RequestBlindReplicaChoice {
  private var lastChosen = -1

  public init() {}

  public mutating func choose(among candidates: ReplicaSet, in fleet: FleetView) -> Int {
    lastChosen = fleet.replicas.leastLoaded(among: candidates, after: lastChosen)
    return lastChosen
  }
}
