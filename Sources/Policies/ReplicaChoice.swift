public import FleetEngine

/// Which of the replicas that can serve a request gets it.
public protocol ReplicaChoice: Sendable {
  /// One element of `candidates`, which holds at least one replica index and none twice.
  ///
  /// Called once per request, in order of arrival.
  mutating func choose(among candidates: ReplicaSet, in fleet: FleetView) -> Int
}
