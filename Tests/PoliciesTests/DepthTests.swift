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
    #expect(start.count == 1000 && start.rightAtOnce == 0.5)
    // Up to 100, 200, 400, 800 and 1,600 tokens: the wrong that have ended by then are right.
    #expect(start.horizons.map(\.ifWrong.right) == [0.1, 0.2, 0.4, 0.8, 1])
    #expect(start.horizons.allSatisfy { $0.ifRight.right == 1 })
    // Up to 200: a tenth of the chains takes 100 tokens, the others 200.
    #expect(start.horizons[1].ifRight.tokens == 190)
    #expect(start.horizons.last?.ifWrong.tokens == 550)
    let later = prospects[tokens: 799]
    #expect(later.count == 300 && later.horizons.last?.ifWrong.tokens == 200)
    // To the end 0.7 right answers more at 2 J a token for 550 tokens; up to 800 tokens 0.56 for
    // 520 tokens on the average.
    let net = { start.netGain(confidence: 0.3, worth: $0, tokenPrice: 2) }
    #expect(abs(net(10_000) - (7_000 - 1_100)) < 1e-9)
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

  @Test func `a chain too far from its end goes on as long as many of its kind end soon`() {
    // Nine tenths of the chains end within 100 tokens, the others after 10,000.
    let chains = (0..<1000).map {
      ReasoningProspects.Chain(
        tokens: $0 % 10 == 0 ? 10_000 : 100, isRightAtEnd: true, isRightAtOnce: false)
    }
    let prospects = ReasoningProspects(chains, every: 100)
    // To the end 1,090 J a chain for one right answer, up to 100 tokens 100 J for 0.9.
    let controller = PricedReasoning([prospects], joulesPerRightAnswer: 500)
    let view = { chain(tokens: $0, confidence: 0.01) }
    #expect(controller.decide(view(0), in: fleet(rows: 1)) == .goOn)
    #expect(controller.decide(view(100), in: fleet(rows: 1)) == .stop)
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
