import DeviceModels
import FleetEngine
import Policies
import Quantities
import Testing

/// Chains of 100, 200 … 1,000 tokens, a hundred of each; every second is right at once, and all
/// are right at the end.
private let chains = (1...10).flatMap { length in
  (0..<100).map {
    ReasoningProspects.Chain(
      tokens: 100 * length, isRightAtEnd: true, isRightAtOnce: $0 % 2 == 0)
  }
}

/// A joule for an iteration of any number of rows.
private struct OneJoule: IterationModel {
  var idlePower: Power { .zero }
  func cost(of shape: IterationShape) -> IterationCost {
    IterationCost(duration: SimDuration(nanoseconds: 1_000_000), energy: Energy(rounding: 1))
  }
}

private func fleet(rows: Int) -> FleetView {
  var replica = ReplicaView()
  replica.runningRows = rows
  let limits = EngineLimits(
    batchRowLimit: 64, iterationTokenBudget: 2048, tokensPerBlock: 16, kvBlockCount: 10_000,
    maxModelTokens: 8192)
  let pool = PoolConfiguration(
    name: "pool", replicaCount: 1, gpusPerReplica: 1, limits: limits, model: OneJoule())
  return FleetView(
    now: .zero, replicas: [replica], replicasByArm: [[0]], curves: PoolCurves([pool]))
}

private func chain(tokens: Int, confidence: Double?) -> ChainView {
  ChainView(
    request: RequestView(id: 0, arrival: .zero, task: 0, promptTokens: 100), arm: 0, sample: 0,
    reasoningTokens: tokens, confidence: confidence, replica: 0)
}

@Suite struct DepthTests {
  @Test func `prospects count the chains that go on`() {
    let prospects = ReasoningProspects(chains, every: 100)
    let start = prospects[tokens: 0]
    #expect(start.count == 1000 && start.remainingTokens == 550)
    #expect(start.rightAtOnce == 0.5 && start.rightAtEndIfWrong == 1)
    let later = prospects[tokens: 799]
    #expect(later.count == 300 && later.remainingTokens == 200)
    #expect(abs(start.gain(confidence: 0.3) - 0.7) < 1e-12)
    // Even odds at once leave a signal as it is.
    #expect(abs(start.posterior(0.8) - 0.8) < 1e-12)
    #expect(prospects[tokens: 1_000_000].count == prospects.survivors.last?.count)
  }

  @Test func `a chain goes on where its tokens are cheap, and stops where they are dear`() {
    let prospects = ReasoningProspects(chains, every: 100)
    // At 400 tokens 350 are still to come: 350 J alone, 350/32 J beside 31 others.
    let controller = PricedReasoning([prospects], joulesPerRightAnswer: 100)
    let view = chain(tokens: 400, confidence: 0.5)
    #expect(controller.decide(view, in: fleet(rows: 1)) == .stop)
    #expect(controller.decide(view, in: fleet(rows: 32)) == .goOn)
    let sure = chain(tokens: 400, confidence: 0.99)
    #expect(controller.decide(sure, in: fleet(rows: 32)) == .stop)
    let silent = chain(tokens: 400, confidence: nil)
    #expect(controller.decide(silent, in: fleet(rows: 1)) == .goOn)
  }

  @Test func `an exit by confidence waits for it`() {
    let controller = ConfidentExit([ReasoningProspects(chains, every: 100)], threshold: 0.9)
    #expect(controller.decide(chain(tokens: 100, confidence: 0.89), in: fleet(rows: 1)) == .goOn)
    #expect(controller.decide(chain(tokens: 100, confidence: 0.91), in: fleet(rows: 1)) == .stop)
  }

  @Test func `the knee lies where longer chains stop paying`() {
    // Most chains end right by 200 tokens; a tenth runs on to 2,000 and is wrong all the same.
    let chains = (0..<1000).map { index in
      let isLong = index % 10 == 0
      return ReasoningProspects.Chain(
        tokens: isLong ? 2000 : 200, isRightAtEnd: !isLong, isRightAtOnce: false)
    }
    let prospects = ReasoningProspects(chains, every: 100)
    #expect(prospects.kneeTokens == 200)
    let controller = DepthByArm([0: KneeExit([prospects])])
    var depth = controller
    #expect(depth.decide(chain(tokens: 100, confidence: nil), in: fleet(rows: 1)) == .goOn)
    #expect(depth.decide(chain(tokens: 200, confidence: nil), in: fleet(rows: 1)) == .stop)
  }
}
