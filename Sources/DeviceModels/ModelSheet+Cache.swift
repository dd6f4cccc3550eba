/// What sequences leave in the cache of keys and values.
extension ModelSheet {
  /// Elements that one token leaves in one layer, whole model: a key and a value for each head,
  /// or the latent with its rotary part.
  public var cacheElementsPerLayer: Int {
    latentAttention?.cacheElements ?? 2 * keyValueHeadCount * headDimension
  }

  /// Bytes that one token of context leaves in the cache while it is within every window.
  public var cacheBytesPerToken: Double {
    Double(layerCount * cacheElementsPerLayer) * bytesPerCacheElement
  }

  /// Bytes that the whole cache of a sequence of so many tokens takes: layers with a window hold
  /// no more than it.
  public func cacheBytes(contextTokens: Int) -> Double {
    let windowed = min(contextTokens, slidingWindow?.tokens ?? contextTokens)
    let tokens =
      Double(fullAttentionLayerCount) * Double(contextTokens)
      + Double(windowedLayerCount) * Double(windowed)
    return tokens * Double(cacheElementsPerLayer) * bytesPerCacheElement
  }
}
