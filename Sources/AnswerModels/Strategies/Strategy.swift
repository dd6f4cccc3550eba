/// How an arm spends inference on a query: the mode of each sample, and how many there are.
///
/// Not how the samples are scheduled: the engine serves those of one attempt as parallel
/// sequences that share the prompt's KV.
public enum Strategy: Hashable, Sendable {
  /// One sample, the answer at once.
  case direct
  /// One sample that reasons first.
  case chainOfThought
  /// One sample of a reasoning model, to its natural end.
  case reasoning
  /// Several samples that reason first; their most frequent answer counts.
  case majorityVote(MajorityVote)
  /// Several samples that reason first; the one that a verifier likes best counts.
  case bestOfN(BestOfN)
  /// A chain of reasoning that ends at a number of tokens.
  case reasoningBudget(ReasoningBudget)
  /// A first try, and a larger model where that is in doubt.
  case cascade(Cascade)
  /// Several turns, each of which looks at the answer before it.
  case selfRefinement(SelfRefinement)
  /// A chain of reasoning that a depth controller may stop.
  case controlledReasoning(ControlledReasoning)

  /// How its first sample is produced.
  public var mode: ReasoningMode {
    switch self {
    case .direct: .direct
    case .chainOfThought: .chainOfThought
    case .reasoning: .reasoning
    case .majorityVote(let vote): vote.mode
    case .bestOfN(let best): best.mode
    case .reasoningBudget(let budget): budget.mode
    case .cascade(let cascade): cascade.mode
    case .selfRefinement(let refinement): refinement.mode
    case .controlledReasoning(let controlled): controlled.mode
    }
  }

  /// Parallel samples of its first attempt, at least 1.
  public var samples: Int {
    switch self {
    case .direct, .chainOfThought, .reasoning, .reasoningBudget, .selfRefinement,
      .controlledReasoning:
      1
    case .majorityVote(let vote): vote.order == .parallel ? vote.sampleCount : 1
    case .bestOfN(let best): best.sampleCount
    case .cascade(let cascade): cascade.sampleCount
    }
  }

  /// Whether the engine serves it in several attempts, or may stop its samples.
  public var hasCourse: Bool {
    switch self {
    case .direct, .chainOfThought, .reasoning, .reasoningBudget: false
    case .majorityVote(let vote): vote.order != .parallel || vote.stopsWhenDecided
    case .bestOfN, .cascade, .selfRefinement, .controlledReasoning: true
    }
  }

  /// Models beside the arm's own, as `Attempt.stage` counts them from 1, and the most samples that
  /// run there side by side.
  public var furtherModels: [(name: String, samples: Int)] {
    switch self {
    case .bestOfN(let best): best.verifier.map { [(name: $0, samples: 1)] } ?? []
    case .cascade(let cascade): [(name: cascade.nextModel, samples: cascade.nextSampleCount)]
    default: []
    }
  }

  /// What answers of the models beside its own are made by: their tasks must know them.
  public var furtherModes: [(model: String, mode: ReasoningMode)] {
    guard case .cascade(let cascade) = self else { return [] }
    return [(cascade.nextModel, cascade.nextMode)]
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
