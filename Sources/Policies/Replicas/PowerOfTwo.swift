public import FleetEngine
internal import NumericalMethods

/// The less loaded of two replicas drawn at random: almost as even as looking at all of them
/// (Mitzenmacher, "The power of two choices in randomized load balancing", IEEE TPDS 2001).
///
/// Of equal loads the first drawn.
public struct PowerOfTwo: ReplicaChoice {
  private let luck: RandomStream

  public init(seed: UInt64) { luck = RandomStream(seed: seed, purpose: "two replicas") }

  public func choose(
    for request: RequestView, among candidates: ReplicaSet, in fleet: FleetView
  ) -> Int {
    guard candidates.count > 1 else { return candidates[0] }
    let draws = luck.uniforms(id: request.id)
    let first = candidates.position(at: draws.0)
    // The other is drawn from those that are left, which close up behind the first.
    let further = min(candidates.count - 2, Int(draws.1 * Double(candidates.count - 1)))
    let second = further < first ? further : further + 1
    let (a, b) = (candidates[first], candidates[second])
    return fleet.replicas[b].load < fleet.replicas[a].load ? b : a
  }
}
