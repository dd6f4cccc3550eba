/// One request that an arm sends for a query: a prompt, and samples that share it.
///
/// Most arms send one. Others send further ones when those before have ended: a larger model for
/// an answer in doubt, a verifier, the next vote, the next turn.
public struct Attempt: Hashable, Sendable {
  /// What a further attempt is for.
  public enum Purpose: UInt8, CaseIterable, Sendable {
    /// The query's first answer.
    case answer
    /// Another vote.
    case vote
    /// A better answer to a query whose first one is in doubt.
    case escalation
    /// The worth of an answer that another attempt gave.
    case verification
    /// A look at its own answer.
    case revision
  }

  public var purpose: Purpose
  /// Which of the arm's models serves it: 0 its own, from 1 on those beside it.
  public var stage: Int
  public var promptTokens: Int
  /// Samples side by side, which share the prompt's KV; at least 1.
  public var samples: Int
  /// Number of its first sample: those of a query are numbered through all its attempts.
  public var firstSample: Int
  /// Whether what it says is the answer as it comes out; else that is known when all has ended.
  public var givesAnswer: Bool
  /// Content of its leading prefix blocks, as in `QueryContext`; nil for the query's own.
  public var prefix: PromptPrefix?

  public init(
    _ purpose: Purpose, stage: Int = 0, promptTokens: Int, samples: Int = 1, firstSample: Int,
    givesAnswer: Bool = false, prefix: PromptPrefix? = nil
  ) {
    self.purpose = purpose
    self.stage = stage
    self.promptTokens = promptTokens
    self.samples = samples
    self.firstSample = firstSample
    self.givesAnswer = givesAnswer
    self.prefix = prefix
  }
}

/// What the leading blocks of a prompt, and of what is said after it, hold.
public struct PromptPrefix: Hashable, Sendable {
  /// Equal ids stand for equal tokens after equal tokens.
  public var blockIDs: [UInt64]
  /// Tokens that one id stands for.
  public var blockTokens: Int

  public init(blockIDs: [UInt64], blockTokens: Int) {
    self.blockIDs = blockIDs
    self.blockTokens = blockTokens
  }
}
