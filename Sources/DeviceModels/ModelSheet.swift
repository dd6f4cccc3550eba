/// The shape of a decoder-only transformer, as its configuration file gives it: grouped-query or
/// latent attention, feed-forward blocks that are dense or mixtures of experts.
///
/// Only counts of layers of each kind are kept, not their order: time, energy and memory do not
/// depend on it.
public struct ModelSheet: Hashable, Sendable {
  /// As in files and on the command line: lower case, hyphens.
  public var name: String
  /// As its publisher writes it.
  public var title: String
  /// Other names of the same shape: base models, later versions, earlier names.
  public var aliases: [String] = []
  /// Names of checkpoints of the same shape in 8-bit floating point.
  public var fp8Aliases: [String] = []
  public var layerCount: Int
  public var hiddenSize: Int
  public var attentionHeadCount: Int
  /// Heads of keys and values; fewer than `attentionHeadCount` under grouped-query attention, 1
  /// under latent attention, whose latent all heads share.
  public var keyValueHeadCount: Int
  /// Of queries, keys and values alike; under latent attention of queries and keys as computed.
  public var headDimension: Int
  /// Width of the feed-forward block of layers that are no mixture of experts.
  public var intermediateSize: Int
  public var vocabularySize: Int
  /// Whether the output projection shares the input embedding's weights.
  public var hasTiedEmbeddings: Bool
  /// Whether the query, key and value projections add a bias.
  public var hasAttentionBias: Bool
  /// Whether queries and keys are normalised per head.
  public var hasQueryKeyNorm: Bool
  /// What else of the weights is too small to cost time, and is counted.
  public var details = ModelDetails()
  /// Nil where every layer is dense.
  public var experts: MixtureOfExperts?
  /// Nil where every layer attends to the whole context.
  public var slidingWindow: SlidingWindow?
  /// Nil where keys and values are cached as such.
  public var latentAttention: LatentAttention?
  public var weightFormat = WeightFormat.bfloat16
  /// How its publisher's generation settings draw the next token.
  public var sampler = Sampler.sorted
  /// Of one element of a cached key or value.
  public var bytesPerCacheElement: Double
  /// Longest prompt plus output that the model supports, tokens.
  public var maxContextTokens: Int

  public init(
    name: String, title: String, layerCount: Int, hiddenSize: Int, attentionHeadCount: Int,
    keyValueHeadCount: Int, headDimension: Int, intermediateSize: Int, vocabularySize: Int,
    hasTiedEmbeddings: Bool, hasAttentionBias: Bool = false, hasQueryKeyNorm: Bool = false,
    bytesPerCacheElement: Double = 2, maxContextTokens: Int
  ) {
    self.name = name
    self.title = title
    self.layerCount = layerCount
    self.hiddenSize = hiddenSize
    self.attentionHeadCount = attentionHeadCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headDimension = headDimension
    self.intermediateSize = intermediateSize
    self.vocabularySize = vocabularySize
    self.hasTiedEmbeddings = hasTiedEmbeddings
    self.hasAttentionBias = hasAttentionBias
    self.hasQueryKeyNorm = hasQueryKeyNorm
    self.bytesPerCacheElement = bytesPerCacheElement
    self.maxContextTokens = maxContextTokens
  }
}

extension ModelSheet {
  /// Every name that the model goes by.
  public var allNames: [String] { [name, title] + aliases + fp8Aliases }
}

/// Parts of a shape that matter to the count of weights and to nothing else.
public struct ModelDetails: Hashable, Sendable {
  /// Norms of each layer over the hidden state: 2, or 4 where blocks are normalised behind, too.
  public var normsPerLayer = 2
  /// Whether norms shift as well as scale (LayerNorm).
  public var hasNormBias = false
  /// Whether the attention's output projection adds a bias.
  public var hasAttentionOutputBias = false
  /// Whether every head has a logit that no token belongs to.
  public var hasAttentionSinks = false
  /// Whether the dense feed-forward block's projections add biases.
  public var hasFeedForwardBias = false
  /// Whether the router adds a bias to each expert's score.
  public var hasRouterBias = false
  /// Whether the routed experts' projections add biases.
  public var hasExpertBias = false
  /// Whether the shared expert's output is scaled by a gate of its own.
  public var hasSharedExpertGate = false
  /// False where the dense feed-forward block has one projection up in the place of gate and up.
  public var isGated = true

  public init() {}
}
