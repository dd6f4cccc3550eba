import FleetEngine
import Quantities

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

func request(promptTokens: Int = 100, estimatedDifficulty: Double? = nil) -> RequestView {
  RequestView(
    id: 0, arrival: .zero, task: 0, promptTokens: promptTokens,
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
