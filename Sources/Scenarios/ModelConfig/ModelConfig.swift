internal import DeviceModels

/// The `config.json` of a checkpoint, as Hugging Face's libraries write it; of one that also sees
/// or hears, the language model (`text_config`).
///
/// JSON is read as the YAML that it is, so that errors have lines. Keys that say nothing of the
/// shape are passed over; an architecture, a kind of layer or a quantization that is not modelled
/// is refused by its name.
struct ModelConfig {
  let family: ModelFamily
  /// The mapping that holds the shape.
  let text: YAMLMapping
  /// The whole file, which is the same unless the shape is nested.
  let root: YAMLMapping

  /// Widths and counts beyond any model's, whose products still are whole numbers.
  enum Limits {
    static let layers = 1...2048
    static let width = 1...262_144
    static let feedForward = 1...1_048_576
    static let vocabulary = 1...16_777_216
    static let experts = 1...4096
    static let heads = 1...4096
    static let headDimension = 1...4096
    static let rank = 1...65_536
    static let tokens = 1...134_217_728
  }

  /// Reads the file at `path`; the sheet is called `name`.
  static func sheet(path: String, name: String) throws -> ModelSheet {
    try sheet(text: InputFile.text(at: path), file: path, name: name)
  }

  /// The same from text; `file` is the name that errors carry.
  static func sheet(text: String, file: String, name: String) throws -> ModelSheet {
    let root = try YAMLDocument.root(of: text, file: file)
    guard let nested = root.optional("text_config"), !nested.isEmpty else {
      return try ModelConfig(text: root, root: root).sheet(name: name)
    }
    return try ModelConfig(text: nested.openMapping(), root: root).sheet(name: name)
  }

  private init(text: YAMLMapping, root: YAMLMapping) throws {
    let type = try text["model_type"]
    let written = try type.string()
    guard let family = ModelFamily(modelType: written) else {
      let known = ModelFamily.allCases.map(\.rawValue)
      throw type.error(
        "the architecture \"\(written)\" is not modelled", expected: InputError.oneOf(known),
        suggestion: NearestName.to(written, among: known))
    }
    self.family = family
    self.text = text
    self.root = root
  }

  private func sheet(name: String) throws -> ModelSheet {
    let layers = try count("num_hidden_layers", Limits.layers)
    let hidden = try count("hidden_size", Limits.width)
    let heads = try count("num_attention_heads", Limits.heads, family.attentionHeadCount)
    let latent = try latentAttention()
    let tied = value("tie_word_embeddings") ?? root.present("tie_word_embeddings")
    let hasBias = try hasAttentionBias()
    var sheet = ModelSheet(
      name: name, title: name, layerCount: layers, hiddenSize: hidden,
      attentionHeadCount: heads,
      keyValueHeadCount: try latent == nil ? keyValueHeads(of: heads) : 1,
      headDimension: try latent.map { $0.plainDimension + $0.rotaryDimension }
        ?? headDimension(hidden: hidden, heads: heads),
      intermediateSize: 0,
      vocabularySize: try count("vocab_size", Limits.vocabulary, family.vocabularySize),
      hasTiedEmbeddings: try tied?.bool() ?? family.hasTiedEmbeddings,
      hasAttentionBias: latent == nil && (hasBias || family.alwaysHasQueryKeyValueBias),
      hasQueryKeyNorm: family.hasQueryKeyNorm, maxContextTokens: try maxContextTokens())
    sheet.latentAttention = latent
    sheet.experts = try experts(layers: layers)
    if sheet.denseLayerCount > 0 { sheet.intermediateSize = try denseIntermediateSize() }
    sheet.slidingWindow = try slidingWindow(layers: layers, context: sheet.maxContextTokens)
    sheet.details = try details(hasAttentionBias: hasBias, experts: sheet.experts)
    sheet.weightFormat = try weightFormat(hasExperts: sheet.experts != nil)
    sheet.sampler = family.sampler
    return sheet
  }
}

extension ModelConfig {
  /// A key that is there and not null.
  func value(_ key: String) -> YAMLValue? { text.present(key) }

  func count(_ key: String, _ range: ClosedRange<Int>, _ ofFamily: Int? = nil) throws -> Int {
    if let value = value(key) { return try value.int(in: range) }
    if let ofFamily { return ofFamily }
    return try text[key].int(in: range)
  }

  func flag(_ key: String, default other: Bool = false) throws -> Bool {
    try value(key)?.bool() ?? other
  }

  private func denseIntermediateSize() throws -> Int {
    // Llama 4 has the experts' width under the usual key.
    let key = family == .llama4 ? "intermediate_size_mlp" : "intermediate_size"
    return try count(key, Limits.feedForward)
  }

  /// As vLLM derives it: YaRN's factor on the context before it, where that is longer.
  private func maxContextTokens() throws -> Int {
    let own = try count("max_position_embeddings", Limits.tokens, family.maxContextTokens)
    guard let scaling = value("rope_scaling") ?? value("rope_parameters"), scaling.isMapping
    else { return own }
    let yaml = try scaling.openMapping()
    let type = try (yaml.present("rope_type") ?? yaml.present("type"))?.string()
    guard type == "yarn", let factor = yaml.present("factor"),
      let original = yaml.present("original_max_position_embeddings")
    else { return own }
    let scaled =
      try factor.double(.between(1...1024)) * Double(original.int(in: Limits.tokens))
    return max(own, min(Int(scaled), Limits.tokens.upperBound))
  }

  private func details(
    hasAttentionBias: Bool, experts: MixtureOfExperts?
  ) throws -> ModelDetails {
    var details = ModelDetails()
    details.normsPerLayer = family == .gemma2 || family == .gemma3 ? 4 : 2
    details.hasAttentionOutputBias = hasAttentionBias
    details.hasFeedForwardBias = try flag("mlp_bias")
    switch family {
    case .starcoder2:
      details.hasNormBias = true
      details.isGated = false
      details.hasFeedForwardBias = try flag("use_bias", default: true)
    case .gptOSS:
      details.hasAttentionSinks = true
      details.hasExpertBias = true
      details.hasRouterBias = true
    case .deepseekV3: details.hasRouterBias = experts != nil
    case .qwen2MoE: details.hasSharedExpertGate = experts != nil
    default: break
    }
    return details
  }
}

extension YAMLMapping {
  /// The value of a key, nil also where it is null.
  func present(_ key: String) -> YAMLValue? { optional(key).flatMap { $0.isEmpty ? nil : $0 } }
}
