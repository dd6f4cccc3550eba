/// How an arm spends inference on a query: the mode of each sample, and how many there are.
///
/// Not how the samples are scheduled: the engine serves them as parallel sequences that share
/// the prompt's KV.
public enum Strategy: Hashable, Sendable {
  /// One sample, the answer at once.
  case direct
  /// One sample that reasons first.
  case chainOfThought
  /// Several samples that reason first; their most frequent answer counts.
  case majorityVote(MajorityVote)

  public var mode: ReasoningMode {
    switch self {
    case .direct: .direct
    case .chainOfThought, .majorityVote: .chainOfThought
    }
  }

  /// Parallel samples per query, at least 1.
  public var samples: Int {
    switch self {
    case .direct, .chainOfThought: 1
    case .majorityVote(let vote): vote.sampleCount
    }
  }
}

/// A model with a strategy: one of the ways in which a query can be answered.
public struct ArmSpecification: Hashable, Sendable {
  public var name: String
  /// As task sheets and model sheets name it.
  public var modelName: String
  public var strategy: Strategy

  public init(name: String, modelName: String, strategy: Strategy) {
    self.name = name
    self.modelName = modelName
    self.strategy = strategy
  }
}
