import DeviceModels
import FleetEngine
import Quantities
import TestSupport

/// A fleet whose replicas hold `loads` requests each, half of them waiting.
func fleet(loads: [Int], replicasByArm: [[Int]]? = nil) -> FleetView {
  let replicas = loads.map { load in
    var view = ReplicaView()
    view.waitingRequests = load / 2
    view.runningRows = load - load / 2
    return view
  }
  return FleetView(
    now: .zero, replicas: replicas,
    replicasByArm: (replicasByArm ?? [Array(loads.indices)]).map { ReplicaSet($0) })
}

func request(
  id: UInt64 = 0, arrival: SimTime = .zero, task: Int = 0, promptTokens: Int = 100,
  estimatedDifficulty: Double? = nil
) -> RequestView {
  RequestView(
    id: id, arrival: arrival, task: task, promptTokens: promptTokens,
    estimatedDifficulty: estimatedDifficulty)
}

/// A small repeatable generator for tests (xorshift64*, Vigna 2016).
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}

/// A fleet of pools of one model and one arm each, whose replicas hold `loads` requests that run.
///
/// An iteration of r rows takes 1,000 + 10 r ticks.
func pooledFleet(
  _ pools: [(loads: [Int], model: any IterationModel)], rowLimit: Int = 64
) -> FleetView {
  var first = 0
  let configurations = pools.map { pool in
    PoolConfiguration(
      name: "pool", replicaCount: pool.loads.count, gpusPerReplica: 1,
      limits: .roomy(rows: rowLimit, tokenBudget: 4_096, maxModelTokens: 4_096), model: pool.model)
  }
  let ranges = pools.map { pool in
    defer { first += pool.loads.count }
    return first..<first + pool.loads.count
  }
  let views = pools.flatMap(\.loads).map { load in
    var view = ReplicaView()
    view.runningRows = load
    return view
  }
  return FleetView(
    now: .zero, replicas: views, replicasByArm: ranges.map { ReplicaSet(ranges: [$0]) },
    curves: PoolCurves(configurations))
}
