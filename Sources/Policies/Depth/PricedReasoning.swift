internal import DeviceModels
public import FleetEngine

/// Stops a chain where what it is expected to gain by going on, for however long, is worth less
/// than the joules that this takes, at the present operating point of its replica: at a busy one,
/// where a token is cheap, chains run longer than at an idle one.
public struct PricedReasoning: DepthController {
  /// By task.
  private let prospects: [ReasoningProspects]
  /// Joules that a right answer is worth.
  public let joulesPerRightAnswer: Double

  public init(_ prospects: [ReasoningProspects], joulesPerRightAnswer: Double) {
    self.prospects = prospects
    self.joulesPerRightAnswer = joulesPerRightAnswer
  }

  public func decide(_ chain: ChainView, in fleet: FleetView) -> DepthDecision {
    guard let signal = chain.confidence, prospects.indices.contains(chain.request.task)
    else { return .goOn }
    let survivors = prospects[chain.request.task][tokens: chain.reasoningTokens]
    let cost = fleet.curve(ofReplica: chain.replica).decodeCost(
      rows: max(1, fleet.replicas[chain.replica].runningRows),
      meanContextTokens: chain.request.promptTokens + chain.reasoningTokens)
    let net = survivors.netGain(
      confidence: survivors.posterior(signal), worth: joulesPerRightAnswer,
      tokenPrice: cost.joulesPerToken)
    return net < 0 ? .stop : .goOn
  }
}
