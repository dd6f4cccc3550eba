public import FleetEngine

/// The replica that owes the fewest answers, running work included.
///
/// Counting only waiting requests would send everything to one replica for as long as its queue
/// stays empty. Equal loads take turns: the next replica index after the last one chosen, around
/// the ring, so that an empty fleet fills evenly and no index is favored. Linear in the number
/// of candidates.
public struct LeastLoaded: ReplicaChoice {
  private var lastChosen = -1

  public init() {}

  public mutating func choose(among candidates: [Int], in fleet: FleetView) -> Int {
    precondition(!candidates.isEmpty, "no replica to choose from")
    let ringSize = fleet.replicas.count
    var chosen = candidates[0]
    var leastLoad = Int.max
    var leastDistance = Int.max
    for candidate in candidates {
      let load = fleet.replicas[candidate].load
      guard load <= leastLoad else { continue }
      var distance = candidate - lastChosen
      if distance <= 0 { distance += ringSize }
      if load < leastLoad || distance < leastDistance {
        chosen = candidate
        leastLoad = load
        leastDistance = distance
      }
    }
    lastChosen = chosen
    return chosen
  }
}
