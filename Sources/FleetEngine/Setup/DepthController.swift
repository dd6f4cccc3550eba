/// What a depth controller may know of a chain of reasoning: not how long it would become, nor
/// whether it is right.
public struct ChainView: Sendable {
  public let request: RequestView
  public let arm: Int
  /// Among the query's samples.
  public let sample: Int
  /// Tokens of the chain so far.
  public let reasoningTokens: Int
  /// A guess of stated quality of the chance, in (0, 1), that it would be right if it had to answer
  /// now; nil where there is no such signal.
  public let confidence: Double?
  /// Where it runs.
  public let replica: Int

  public init(
    request: RequestView, arm: Int, sample: Int, reasoningTokens: Int, confidence: Double?,
    replica: Int
  ) {
    self.request = request
    self.arm = arm
    self.sample = sample
    self.reasoningTokens = reasoningTokens
    self.confidence = confidence
    self.replica = replica
  }
}

/// What becomes of a chain.
public enum DepthDecision: Hashable, Sendable {
  case goOn
  /// The chain ends here, and its answer follows.
  case stop
}

/// How long reasoning goes on.
public protocol DepthController: Sendable {
  /// Decides for one chain, whenever it has got so many tokens further as its arm says
  /// (`ArmCourse.checkpointTokens`). What a replica's tokens cost at present is what `fleet.curve`
  /// says of the rows that run there.
  mutating func decide(_ chain: ChainView, in fleet: FleetView) -> DepthDecision
}
