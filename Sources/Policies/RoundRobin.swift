public import FleetEngine

/// Each replica in its turn, whatever its load.
///
/// Takes the candidate whose last turn is longest past, the first listed among those that never
/// had one. For one set of candidates that is plain rotation; where arms share replicas, turns
/// under one arm count under the others, so that no interleaving of arms starves a replica.
/// Linear in the number of candidates.
public struct RoundRobin: ReplicaChoice {
  /// By replica: the number of the choice that it last won; 0 for none yet.
  private var lastTurn: [Int] = []
  private var turn = 0

  public init() {}

  public mutating func choose(among candidates: ReplicaSet, in fleet: FleetView) -> Int {
    precondition(!candidates.isEmpty, "no replica to choose from")
    while lastTurn.count < fleet.replicas.count { lastTurn.append(0) }
    var chosen = candidates[0]
    for candidate in candidates where lastTurn[candidate] < lastTurn[chosen] {
      chosen = candidate
    }
    turn += 1
    lastTurn[chosen] = turn
    return chosen
  }
}
