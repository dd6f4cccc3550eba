public import FleetEngine

/// Busy replicas first: the most loaded one that has room for another row, so that the others stay
/// idle; the least loaded where none has.
///
/// Room is `fill` of the rows that an engine runs at once. Of equal loads the first by index, so
/// that an idle fleet fills from the front.
public struct EnergyConsolidate: RequestBlindReplicaChoice {
  /// Share of the batch's rows up to which a replica is filled, above 0 to 1.
  public let fill: Double
  private var leastLoaded = LeastLoaded()

  public init(fill: Double) {
    precondition(fill > 0 && fill <= 1, "a fill of \(fill)")
    self.fill = fill
  }

  public mutating func choose(among candidates: ReplicaSet, in fleet: FleetView) -> Int {
    var best: (replica: Int, load: Int)?
    for range in candidates.ranges {
      let rows = Double(fleet.limits(ofReplica: range.lowerBound).batchRowLimit)
      let most = max(1, Int((fill * rows).rounded(.down))) - 1
      guard let found = fleet.replicas.mostLoaded(in: range, atMost: most) else { continue }
      if let best, best.load >= found.load { continue }
      best = found
    }
    return best?.replica ?? leastLoaded.choose(among: candidates, in: fleet)
  }
}
