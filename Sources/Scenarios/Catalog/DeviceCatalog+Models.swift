internal import DeviceModels

/// How the sheet of a model is written.
extension DeviceCatalog {
  static func model(_ yaml: YAMLMapping) throws -> ModelSheet {
    func count(_ key: String) throws -> Int { try yaml[key].int(in: 1...mostElements) }
    var sheet = ModelSheet(
      name: try yaml["name"].name(), title: try yaml["title"].string(),
      layerCount: try count("layers"), hiddenSize: try count("hidden_size"),
      attentionHeadCount: try count("attention_heads"),
      keyValueHeadCount: try count("key_value_heads"),
      headDimension: try count("head_dimension"), intermediateSize: 0,
      vocabularySize: try count("vocabulary_size"),
      hasTiedEmbeddings: try yaml["tied_embeddings"].bool(),
      hasAttentionBias: try yaml["attention_bias"].bool(),
      hasQueryKeyNorm: try yaml["query_key_norm"].bool(),
      bytesPerCacheElement: try yaml["cache_element_bytes"].double(.positive),
      maxContextTokens: try count("max_context_tokens"))
    sheet.weightFormat = try yaml["weights"].choice(of: WeightFormat.self)
    sheet.sampler = try yaml.optional("sampler")?.choice(of: Sampler.self) ?? .sorted
    let layers = sheet.layerCount
    sheet.experts = try yaml.optional("experts")?.mapping { try experts($0, layers: layers) }
    if sheet.denseLayerCount > 0 { sheet.intermediateSize = try count("intermediate_size") }
    sheet.slidingWindow = try yaml.optional("sliding_window")?.mapping {
      SlidingWindow(
        tokens: try $0["tokens"].int(in: 1...mostElements),
        layerCount: try $0["layers"].int(in: 1...layers))
    }
    sheet.latentAttention = try yaml.optional("latent_attention")?.mapping(latentAttention)
    sheet.details = try yaml.optional("details")?.mapping(details) ?? ModelDetails()
    sheet.aliases = try yaml.optional("aliases")?.list { try $0.string() } ?? []
    sheet.fp8Aliases = try yaml.optional("fp8_aliases")?.list { try $0.string() } ?? []
    _ = try yaml["source"].string()
    try checkPublishedCount(yaml, sheet)
    return sheet
  }

  /// Beyond any width or length of a model; products of a few of them are whole numbers still.
  static let mostElements = 100_000_000

  private static func experts(_ yaml: YAMLMapping, layers: Int) throws -> MixtureOfExperts {
    let routed = try yaml["routed"].int(in: 1...65_536)
    return MixtureOfExperts(
      routedExpertCount: routed, activeExpertCount: try yaml["active"].int(in: 1...routed),
      intermediateSize: try yaml["intermediate_size"].int(in: 1...mostElements),
      sharedIntermediateSize: try yaml.optional("shared_intermediate_size")?
        .int(in: 0...mostElements) ?? 0,
      denseLayerCount: try yaml.optional("dense_layers")?.int(in: 0...layers - 1) ?? 0)
  }

  private static func latentAttention(_ yaml: YAMLMapping) throws -> LatentAttention {
    func width(_ key: String) throws -> Int { try yaml[key].int(in: 1...mostElements) }
    return LatentAttention(
      queryRank: try yaml.optional("query_rank")?.int(in: 1...mostElements),
      keyValueRank: try width("key_value_rank"), rotaryDimension: try width("rotary_dimension"),
      plainDimension: try width("plain_dimension"),
      valueDimension: try width("value_dimension"))
  }

  private static func details(_ yaml: YAMLMapping) throws -> ModelDetails {
    var details = ModelDetails()
    details.normsPerLayer =
      try yaml.optional("norms_per_layer")?.int(in: 1...8) ?? details.normsPerLayer
    for (key, path) in flags {
      if let value = yaml.optional(key) { details[keyPath: path] = try value.bool() }
    }
    return details
  }

  private static var flags: [(String, WritableKeyPath<ModelDetails, Bool>)] {
    [
      ("norm_bias", \.hasNormBias), ("attention_output_bias", \.hasAttentionOutputBias),
      ("attention_sinks", \.hasAttentionSinks), ("feed_forward_bias", \.hasFeedForwardBias),
      ("router_bias", \.hasRouterBias), ("expert_bias", \.hasExpertBias),
      ("shared_expert_gate", \.hasSharedExpertGate), ("gated", \.isGated),
    ]
  }

  private static func checkPublishedCount(_ yaml: YAMLMapping, _ sheet: ModelSheet) throws {
    guard let published = yaml.optional("published_parameters") else { return }
    guard try published.int(in: 1...) == sheet.parameterCount else {
      throw published.isNot("\(sheet.parameterCount), the weights that the shape holds")
    }
  }
}
