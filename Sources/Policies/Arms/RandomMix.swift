public import FleetEngine
internal import NumericalMethods

/// Arms at random at given shares, whatever the query: the straight lines between fixed arms, which
/// a router that looks at queries must beat.
public struct RandomMix: ArmChoice {
  private let arms: [Int]
  /// By arm: the share of it and of all before it.
  private let cumulativeShares: [Double]
  private let luck: RandomStream

  /// Shares ≥ 0, relative to their sum, which is more than 0.
  public init(_ shares: [(arm: Int, share: Double)], seed: UInt64) {
    let total = shares.reduce(0) { $0 + $1.share }
    precondition(
      total > 0 && total.isFinite && shares.allSatisfy { $0.share >= 0 },
      "shares of \(shares.count) arms sum to \(total)")
    let some = shares.filter { $0.share > 0 }
    arms = some.map(\.arm)
    var sum = 0.0
    cumulativeShares = some.map { entry in
      sum += entry.share
      return sum / total
    }
    luck = RandomStream(seed: seed, purpose: "random arm")
  }

  public func chooseArm(for request: RequestView, in fleet: FleetView) -> Int {
    let draw = luck.uniform(id: request.id)
    return arms[cumulativeShares.firstIndex { draw < $0 } ?? arms.count - 1]
  }
}
