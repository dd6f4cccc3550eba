public import FleetEngine

/// Which of the replicas that can serve a request gets it.
public protocol ReplicaChoice: Sendable {
  /// One element of `candidates`, which holds at least one replica index and none twice.
  ///
  /// Called once per request, in order of arrival.
  mutating func choose(among candidates: ReplicaSet, in fleet: FleetView) -> Int

  /// The same for a choice that depends on the request.
  mutating func choose(
    for request: RequestView, among candidates: ReplicaSet, in fleet: FleetView
  ) -> Int
}

extension ReplicaChoice {
  /// Whatever the request.
  public mutating func choose(
    for request: RequestView, among candidates: ReplicaSet, in fleet: FleetView
  ) -> Int { choose(among: candidates, in: fleet) }
}
