public import FleetEngine

/// Stops every chain of a task at the knee of its accuracy over tokens, whatever the query.
public struct KneeExit: DepthController {
  private let prospects: [ReasoningProspects]

  /// `prospects` by task.
  public init(_ prospects: [ReasoningProspects]) { self.prospects = prospects }

  public func decide(_ chain: ChainView, in fleet: FleetView) -> DepthDecision {
    guard prospects.indices.contains(chain.request.task) else { return .goOn }
    return chain.reasoningTokens >= prospects[chain.request.task].kneeTokens ? .stop : .goOn
  }
}
