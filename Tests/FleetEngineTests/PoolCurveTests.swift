import DeviceModels
import FleetEngine
import Quantities
import TestSupport
import Testing

/// To the replica on which another row costs the fewest joules per token.
private struct CheapestToken: ServingPolicy {
  mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    func joules(_ replica: Int) -> Double {
      fleet.curve(ofReplica: replica).decodeCost(
        rows: fleet.replicas[replica].load + 1, meanContextTokens: request.promptTokens
      ).joulesPerToken
    }
    let replicas = fleet.replicasByArm[0]
    return .serve(arm: 0, replica: replicas.min { joules($0) < joules($1) } ?? 0)
  }
}

/// What policies read of a fleet's curves.
struct PoolCurveTests {
  private func pool(_ name: String, replicas: Int, joules: Double) -> PoolConfiguration {
    PoolConfiguration(
      name: name, replicaCount: replicas, gpusPerReplica: 1, limits: .roomy(rows: 64),
      model: ConstantIterationModel(
        duration: SimDuration(ticks: 10), energy: Energy(rounding: joules)))
  }

  @Test func `a policy that reads the curves finds the cheaper pool`() throws {
    let fleet = FleetConfiguration(
      pools: [pool("dear", replicas: 2, joules: 8), pool("cheap", replicas: 1, joules: 2)],
      arms: [ArmConfiguration(name: "arm", pools: [0, 1], samples: 1)])
    let run = try serve(
      queries(at: [0, 0, 1, 2, 3], promptTokens: [5, 5, 5, 5, 5]), on: fleet,
      answers: FixedAnswers(outputTokens: [9, 9, 9, 9, 9]), policy: CheapestToken())
    #expect(run.records.map(\.replica) == [2, 2, 2, 2, 2])
  }

  @Test func `replicas have the curve of their pool`() {
    let curves = PoolCurves([
      pool("dear", replicas: 2, joules: 8), pool("cheap", replicas: 1, joules: 2),
    ])
    let view = FleetView(
      now: .zero, replicas: [ReplicaView(), ReplicaView(), ReplicaView()], replicasByArm: [],
      curves: curves)
    func joules(_ curve: OperatingCurve) -> Double {
      curve.decodeCost(rows: 4, meanContextTokens: 100).joulesPerToken
    }
    #expect((0..<3).map { joules(view.curve(ofReplica: $0)) } == [2, 2, 0.5])
    #expect((0..<2).map { joules(view.curve(ofPool: $0)) } == [2, 0.5])
    #expect(view.curve(ofPool: 0).rowLimit == 64)
  }
}
