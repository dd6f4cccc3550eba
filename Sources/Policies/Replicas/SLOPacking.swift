public import FleetEngine

/// The most loaded replica whose projected latencies meet the objective, so that as few as possible
/// run; the least loaded where none does.
///
/// Of equal loads the first by index.
public struct SLOPacking: ReplicaChoice {
  public let objective: ServiceLevelObjective
  public let typical: TypicalRequest
  private var leastLoaded = LeastLoaded()

  public init(objective: ServiceLevelObjective, typical: TypicalRequest) {
    self.objective = objective
    self.typical = typical
  }

  public mutating func choose(
    for request: RequestView, among candidates: ReplicaSet, in fleet: FleetView
  ) -> Int {
    var best: (replica: Int, load: Int)?
    for range in candidates.ranges {
      guard let found = mostLoaded(in: range, for: request, fleet) else { continue }
      if let best, best.load >= found.load { continue }
      best = found
    }
    return best?.replica ?? leastLoaded.choose(among: candidates, in: fleet)
  }

  private func mostLoaded(
    in range: Range<Int>, for request: RequestView, _ fleet: FleetView
  ) -> (replica: Int, load: Int)? {
    let projection = Projection(fleet, replica: range.lowerBound)
    var most = projection.highestLoad(
      meeting: objective, contextTokens: typical.contextTokens(request))
    while let found = fleet.replicas.mostLoaded(in: range, atMost: most) {
      let view = fleet.replicas[found.replica]
      if projection.meets(objective, request, typical, view: view) { return found }
      most = found.load - 1
    }
    return nil
  }
}
