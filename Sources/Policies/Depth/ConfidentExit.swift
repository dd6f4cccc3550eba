public import FleetEngine

/// Stops a chain as soon as it would be right now with a chance of at least `threshold`.
public struct ConfidentExit: DepthController {
  private let prospects: [ReasoningProspects]
  public let threshold: Double

  /// `prospects` by task.
  public init(_ prospects: [ReasoningProspects], threshold: Double) {
    self.prospects = prospects
    self.threshold = threshold
  }

  public func decide(_ chain: ChainView, in fleet: FleetView) -> DepthDecision {
    guard let signal = chain.confidence, prospects.indices.contains(chain.request.task)
    else { return .goOn }
    let survivors = prospects[chain.request.task][tokens: chain.reasoningTokens]
    return survivors.posterior(signal) >= threshold ? .stop : .goOn
  }
}
