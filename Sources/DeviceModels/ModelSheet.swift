/// The shape of a dense decoder-only transformer with grouped-query attention and a gated
/// feed-forward block, as its configuration file gives it.
public struct ModelSheet: Hashable, Sendable {
  /// As in files and on the command line: lower case, hyphens.
  public var name: String
  /// As its publisher writes it.
  public var title: String
  public var layerCount: Int
  public var hiddenSize: Int
  public var attentionHeadCount: Int
  /// Heads of keys and values; fewer than `attentionHeadCount` under grouped-query attention.
  public var keyValueHeadCount: Int
  public var headDimension: Int
  /// Width of the gated feed-forward block.
  public var intermediateSize: Int
  public var vocabularySize: Int
  /// Whether the output projection shares the input embedding's weights.
  public var hasTiedEmbeddings: Bool
  /// Whether the query, key and value projections add a bias.
  public var hasAttentionBias: Bool
  /// Whether queries and keys are normalised per head.
  public var hasQueryKeyNorm: Bool
  public var bytesPerWeight: Double
  /// Of one element of a cached key or value.
  public var bytesPerCacheElement: Double
  /// Longest prompt plus output that the model supports, tokens.
  public var maxContextTokens: Int

  public init(
    name: String, title: String, layerCount: Int, hiddenSize: Int, attentionHeadCount: Int,
    keyValueHeadCount: Int, headDimension: Int, intermediateSize: Int, vocabularySize: Int,
    hasTiedEmbeddings: Bool, hasAttentionBias: Bool = false, hasQueryKeyNorm: Bool = false,
    bytesPerWeight: Double = 2, bytesPerCacheElement: Double = 2, maxContextTokens: Int
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
    self.bytesPerWeight = bytesPerWeight
    self.bytesPerCacheElement = bytesPerCacheElement
    self.maxContextTokens = maxContextTokens
  }
}

extension ModelSheet {
  /// Rows of the fused query, key and value projection.
  public var queryKeyValueSize: Int {
    (attentionHeadCount + 2 * keyValueHeadCount) * headDimension
  }

  /// Every weight, embeddings included, counted from the shape.
  public var parameterCount: Int {
    let embeddings = vocabularySize * hiddenSize * (hasTiedEmbeddings ? 1 : 2)
    let attention =
      hiddenSize * queryKeyValueSize + attentionHeadCount * headDimension * hiddenSize
      + (hasAttentionBias ? queryKeyValueSize : 0) + (hasQueryKeyNorm ? 2 * headDimension : 0)
    let feedForward = 3 * hiddenSize * intermediateSize
    let norms = 2 * hiddenSize
    return embeddings + layerCount * (attention + feedForward + norms) + hiddenSize
  }

  public var weightBytes: Double { Double(parameterCount) * bytesPerWeight }

  /// Bytes of keys and values that one token of context leaves in the cache, whole model.
  public var cacheBytesPerToken: Double {
    Double(2 * layerCount * keyValueHeadCount * headDimension) * bytesPerCacheElement
  }
}
