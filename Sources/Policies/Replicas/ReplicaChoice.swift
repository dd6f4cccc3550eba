public import FleetEngine

/// Which of the replicas that can serve a request gets it.
public protocol ReplicaChoice: Sendable {
  /// One element of `candidates`, which holds at least one replica index and none twice.
  ///
  /// Called once per request, in order of arrival.
  mutating func choose(
    for request: RequestView, among candidates: ReplicaSet, in fleet: FleetView
  ) -> Int
}

/// A choice of replica that is the same whatever the request.
public protocol RequestBlindReplicaChoice: ReplicaChoice {
  mutating func choose(among candidates: ReplicaSet, in fleet: FleetView) -> Int
}

extension RequestBlindReplicaChoice {
  public mutating func choose(
    for request: RequestView, among candidates: ReplicaSet, in fleet: FleetView
  ) -> Int { choose(among: candidates, in: fleet) }
}
