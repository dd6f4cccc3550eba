public import DeviceModels
internal import Quantities

/// The operating curves of a fleet's pools, each tabulated when it is first asked for: a fleet
/// whose policy reads none pays for none.
public final class PoolCurves {
  private let pools: [PoolConfiguration]
  private var curves: [OperatingCurve?]
  private lazy var poolOfReplica: [Int] = pools.enumerated().flatMap { index, pool in
    Array(repeating: index, count: pool.replicaCount)
  }

  public init(_ pools: [PoolConfiguration]) {
    self.pools = pools
    curves = Array(repeating: nil, count: pools.count)
  }

  func curve(ofPool pool: Int) -> OperatingCurve {
    if let curve = curves[pool] { return curve }
    let limits = pools[pool].limits
    let curve = OperatingCurve(
      pools[pool].model, rowLimit: limits.batchRowLimit, contextLimit: limits.maxModelTokens,
      tokenBudget: limits.iterationTokenBudget)
    curves[pool] = curve
    return curve
  }

  func curve(ofReplica replica: Int) -> OperatingCurve {
    curve(ofPool: poolOfReplica[replica])
  }

  func pool(ofReplica replica: Int) -> PoolConfiguration { pools[poolOfReplica[replica]] }
}

extension FleetView {
  /// Energy and time per token of a pool's replicas, without the spread between them. Pools are
  /// counted in the order of the fleet.
  public func curve(ofPool pool: Int) -> OperatingCurve { curves.curve(ofPool: pool) }

  /// The curve of the pool that a replica belongs to.
  public func curve(ofReplica replica: Int) -> OperatingCurve {
    curves.curve(ofReplica: replica)
  }

  /// GPU watts of a replica that computes nothing.
  public func idleWatts(ofReplica replica: Int) -> Double {
    curves.pool(ofReplica: replica).model.idlePower.watts
  }

  /// What the serving engine of a replica may hold and compute at once.
  public func limits(ofReplica replica: Int) -> EngineLimits {
    curves.pool(ofReplica: replica).limits
  }
}
