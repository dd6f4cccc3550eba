/// Feed-forward blocks of many experts, of which a router picks a few for every token.
public struct MixtureOfExperts: Hashable, Sendable {
  /// Experts that the router picks from, in each layer.
  public var routedExpertCount: Int
  /// Routed experts that each token passes through.
  public var activeExpertCount: Int
  /// Width of one routed expert, gated.
  public var intermediateSize: Int
  /// Width of what every token passes through beside them, all shared experts together; 0 where
  /// there are none.
  public var sharedIntermediateSize: Int
  /// Layers whose feed-forward block is dense, of the model's `intermediateSize`.
  public var denseLayerCount: Int

  public init(
    routedExpertCount: Int, activeExpertCount: Int, intermediateSize: Int,
    sharedIntermediateSize: Int = 0, denseLayerCount: Int = 0
  ) {
    self.routedExpertCount = routedExpertCount
    self.activeExpertCount = activeExpertCount
    self.intermediateSize = intermediateSize
    self.sharedIntermediateSize = sharedIntermediateSize
    self.denseLayerCount = denseLayerCount
  }
}

/// Layers that attend to the latest tokens only.
///
/// Attention within fixed chunks counts as a window of a chunk's size: no token attends to more.
public struct SlidingWindow: Hashable, Sendable {
  /// Most tokens that a query attends to, itself included.
  public var tokens: Int
  /// Layers that do so; the others attend to the whole context.
  public var layerCount: Int

  public init(tokens: Int, layerCount: Int) {
    self.tokens = tokens
    self.layerCount = layerCount
  }
}

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434): keys and values of all heads are
/// projections of one cached latent; a part of each key, shared by the heads, carries position.
public struct LatentAttention: Hashable, Sendable {
  /// Width of the latent that queries are projected from (`q_lora_rank`); nil where they come
  /// from the hidden state at once.
  public var queryRank: Int?
  /// Width of the cached latent of keys and values (`kv_lora_rank`).
  public var keyValueRank: Int
  /// Elements of a query or key that carry position (`qk_rope_head_dim`).
  public var rotaryDimension: Int
  /// Elements of a query or key that do not (`qk_nope_head_dim`).
  public var plainDimension: Int
  /// Elements of one head's value (`v_head_dim`).
  public var valueDimension: Int

  public init(
    queryRank: Int?, keyValueRank: Int, rotaryDimension: Int, plainDimension: Int,
    valueDimension: Int
  ) {
    self.queryRank = queryRank
    self.keyValueRank = keyValueRank
    self.rotaryDimension = rotaryDimension
    self.plainDimension = plainDimension
    self.valueDimension = valueDimension
  }

  /// Elements that one token leaves in the cache of one layer.
  public var cacheElements: Int { keyValueRank + rotaryDimension }
}
