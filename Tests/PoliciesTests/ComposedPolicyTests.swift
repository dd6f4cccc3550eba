import FleetEngine
import Policies
import Testing

@Suite struct ComposedPolicyTests {
  @Test func `the arm is chosen first, then one of its replicas`() {
    var policy = ComposedPolicy(
      arm: ThresholdLadder(signal: .promptTokens, thresholds: [200], arms: [0, 1]),
      replica: LeastLoaded())
    let view = fleet(loads: [5, 1, 4, 2], replicasByArm: [[0, 2], [1, 3]])
    #expect(policy.decide(request(promptTokens: 10), in: view) == .serve(arm: 0, replica: 2))
    #expect(policy.decide(request(promptTokens: 900), in: view) == .serve(arm: 1, replica: 1))
  }

  @Test func `a request for an arm that nobody serves is refused`() {
    var policy = ComposedPolicy(arm: FixedArm(arm: 1), replica: RoundRobin())
    let view = fleet(loads: [0, 0], replicasByArm: [[0, 1], []])
    #expect(policy.decide(request(), in: view) == .reject)
  }

  @Test func `turns are remembered from one request to the next`() {
    var policy = ComposedPolicy(arm: FixedArm(arm: 0), replica: RoundRobin())
    let view = fleet(loads: [0, 0, 0])
    let replicas = (0..<4).map { _ in policy.decide(request(), in: view) }
    #expect(replicas == [0, 1, 2, 0].map { .serve(arm: 0, replica: $0) })
  }
}
