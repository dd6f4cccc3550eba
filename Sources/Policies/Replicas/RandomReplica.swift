public import FleetEngine
internal import NumericalMethods

/// Any replica, each as likely, whatever its load.
///
/// The draw belongs to the query: a query that meets the same candidates goes to the same one.
public struct RandomReplica: ReplicaChoice {
  private let luck: RandomStream

  public init(seed: UInt64) { luck = RandomStream(seed: seed, purpose: "random replica") }

  public func choose(
    for request: RequestView, among candidates: ReplicaSet, in fleet: FleetView
  ) -> Int {
    candidates[candidates.position(at: luck.uniform(id: request.id))]
  }
}

extension ReplicaSet {
  /// The position that a number in (0, 1) stands for, all alike.
  func position(at share: Double) -> Int { Swift.min(count - 1, Int(share * Double(count))) }
}
