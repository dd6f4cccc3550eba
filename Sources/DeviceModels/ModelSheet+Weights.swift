/// Layers of each kind.
extension ModelSheet {
  /// Layers whose feed-forward block is a mixture of experts.
  public var expertLayerCount: Int { experts.map { layerCount - $0.denseLayerCount } ?? 0 }

  /// Layers whose feed-forward block is dense.
  public var denseLayerCount: Int { layerCount - expertLayerCount }

  /// Layers that attend to no more than `slidingWindow.tokens`.
  public var windowedLayerCount: Int { slidingWindow?.layerCount ?? 0 }

  /// Layers that attend to the whole context.
  public var fullAttentionLayerCount: Int { layerCount - windowedLayerCount }
}

/// Weights of matrices, in elements: what products multiply with.
extension ModelSheet {
  /// Rows of the fused query, key and value projection; not for latent attention.
  public var queryKeyValueSize: Int {
    (attentionHeadCount + 2 * keyValueHeadCount) * headDimension
  }

  /// Width of what attention hands to its output projection.
  public var attentionOutputSize: Int {
    attentionHeadCount * (latentAttention?.valueDimension ?? headDimension)
  }

  /// All projections of one layer's attention.
  public var attentionWeightsPerLayer: Int {
    let output = attentionOutputSize * hiddenSize
    guard let latent = latentAttention else { return hiddenSize * queryKeyValueSize + output }
    let queries = attentionHeadCount * headDimension
    let query = latent.queryRank.map { $0 * (hiddenSize + queries) } ?? hiddenSize * queries
    let intoLatent = hiddenSize * latent.cacheElements
    let outOfLatent =
      latent.keyValueRank * attentionHeadCount * (latent.plainDimension + latent.valueDimension)
    return query + intoLatent + outOfLatent + output
  }

  /// The feed-forward block of one dense layer.
  public var denseFeedForwardWeightsPerLayer: Int {
    (details.isGated ? 3 : 2) * hiddenSize * intermediateSize
  }

  /// One routed expert of one layer; 0 without experts.
  public var weightsPerExpert: Int { experts.map { 3 * hiddenSize * $0.intermediateSize } ?? 0 }

  /// All routed experts of one layer; 0 without experts.
  public var routedExpertWeightsPerLayer: Int {
    experts.map { $0.routedExpertCount * weightsPerExpert } ?? 0
  }

  /// What every token passes through in an expert layer beside the routed experts.
  public var sharedExpertWeightsPerLayer: Int {
    experts.map { 3 * hiddenSize * $0.sharedIntermediateSize } ?? 0
  }

  /// The router of an expert layer.
  public var routerWeightsPerLayer: Int {
    experts.map { hiddenSize * $0.routedExpertCount } ?? 0
  }

  /// The output projection, whether or not it shares the input embedding's weights.
  public var outputProjectionWeights: Int { vocabularySize * hiddenSize }
}

/// Counts over the whole model.
extension ModelSheet {
  /// Every weight, embeddings included, counted from the shape.
  public var parameterCount: Int {
    let embeddings = outputProjectionWeights * (hasTiedEmbeddings ? 1 : 2)
    return embeddings + projectionWeights + expertLayerCount * routedExpertWeightsPerLayer
      + unquantizedLayerWeights
  }

  /// Weights that one token is multiplied with: all but the input embedding and the experts that
  /// the router does not pick.
  public var activeParameterCount: Int {
    let idle = experts.map { $0.routedExpertCount - $0.activeExpertCount } ?? 0
    let inputEmbedding = hasTiedEmbeddings ? 0 : vocabularySize * hiddenSize
    return parameterCount - inputEmbedding
      - expertLayerCount * idle * (weightsPerExpert + biasesPerExpert)
  }

  /// Bytes of one weight of a layer's projections outside routed experts.
  public var bytesPerWeight: Double { weightFormat.bytesPerProjectionWeight }

  /// Bytes of all weights in the sheet's format.
  public var weightBytes: Double {
    let experts = expertLayerCount * routedExpertWeightsPerLayer
    let plain = parameterCount - projectionWeights - experts
    return Double(projectionWeights) * weightFormat.bytesPerProjectionWeight
      + Double(experts) * weightFormat.bytesPerExpertWeight
      + Double(plain) * WeightFormat.plainBytesPerWeight
  }

  /// Matrices of all layers that every token is multiplied with, routers aside.
  private var projectionWeights: Int {
    layerCount * attentionWeightsPerLayer + denseLayerCount * denseFeedForwardWeightsPerLayer
      + expertLayerCount * sharedExpertWeightsPerLayer
  }

  /// Routers, norms and biases.
  private var unquantizedLayerWeights: Int {
    let norm = hiddenSize * (details.hasNormBias ? 2 : 1)
    return layerCount * (details.normsPerLayer * norm + attentionVectorWeights)
      + denseLayerCount * (details.hasFeedForwardBias ? feedForwardBiases : 0)
      + expertLayerCount * (routerWeightsPerLayer + expertVectorWeights) + norm
  }

  /// Biases, norms and sinks of one layer's attention.
  private var attentionVectorWeights: Int {
    let latentNorms = latentAttention.map { ($0.queryRank ?? 0) + $0.keyValueRank } ?? 0
    return latentNorms + (hasAttentionBias ? queryKeyValueSize : 0)
      + (hasQueryKeyNorm ? 2 * headDimension : 0)
      + (details.hasAttentionOutputBias ? hiddenSize : 0)
      + (details.hasAttentionSinks ? attentionHeadCount : 0)
  }

  private var feedForwardBiases: Int {
    (details.isGated ? 2 : 1) * intermediateSize + hiddenSize
  }

  /// Biases of one routed expert.
  private var biasesPerExpert: Int {
    guard let experts, details.hasExpertBias else { return 0 }
    return 2 * experts.intermediateSize + hiddenSize
  }

  /// Biases and gates of one layer's experts.
  private var expertVectorWeights: Int {
    guard let experts else { return 0 }
    return experts.routedExpertCount * biasesPerExpert
      + (details.hasRouterBias ? experts.routedExpertCount : 0)
      + (details.hasSharedExpertGate ? hiddenSize : 0)
  }
}
