public import FleetEngine

/// The replica on which a further row costs the fewest further joules a token, among those whose
/// projected latencies meet the objective; the least loaded where none does.
///
/// Replicas of one pool and one load cost the same, so that one of each load is looked at: the
/// first by index. An idle replica has to begin iterations for one row alone, which a busy one
/// runs anyway.
public struct EnergyGreedy: ReplicaChoice {
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
    var best: (replica: Int, joules: Double)?
    for range in candidates.ranges { look(at: range, request, fleet, &best) }
    return best?.replica ?? leastLoaded.choose(among: candidates, in: fleet)
  }

  private func look(
    at range: Range<Int>, _ request: RequestView, _ fleet: FleetView,
    _ best: inout (replica: Int, joules: Double)?
  ) {
    let projection = Projection(fleet, replica: range.lowerBound)
    let context = typical.contextTokens(request)
    let most = projection.highestLoad(meeting: objective, contextTokens: context)
    var load = -1
    while let next = fleet.replicas.leastLoaded(in: range, above: load), next.load <= most {
      load = next.load
      guard
        projection.meets(objective, request, typical, view: fleet.replicas[next.replica])
      else { continue }
      let joules =
        projection.promptJoules(promptTokens: request.promptTokens)
        + Double(typical.outputTokens)
        * projection.marginalJoulesPerToken(load: load, contextTokens: context)
      if let best, best.joules <= joules { continue }
      best = (next.replica, joules)
    }
  }
}
