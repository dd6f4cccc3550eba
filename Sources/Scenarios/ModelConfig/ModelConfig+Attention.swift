internal import DeviceModels

/// Heads, windows and latents.
extension ModelConfig {
  func keyValueHeads(of heads: Int) throws -> Int {
    guard let value = value("num_key_value_heads") else {
      return family.keyValueHeadCount ?? heads
    }
    let count = try value.int(in: Limits.heads)
    guard heads % count == 0 else {
      throw value.isNot("a divisor of num_attention_heads, \(heads)")
    }
    return count
  }

  func headDimension(hidden: Int, heads: Int) throws -> Int {
    if let value = value("head_dim") { return try value.int(in: Limits.headDimension) }
    if let dimension = family.headDimension { return dimension }
    guard hidden % heads == 0 else {
      throw try text["num_attention_heads"].isNot("a divisor of hidden_size, \(hidden)")
    }
    return hidden / heads
  }

  /// Whether the projections of attention have biases, the output's included.
  func hasAttentionBias() throws -> Bool {
    if family == .starcoder2 { return try flag("use_bias", default: true) }
    return try flag("attention_bias", default: family.hasAttentionBias)
  }

  func latentAttention() throws -> LatentAttention? {
    guard family.isDeepSeek else { return nil }
    return LatentAttention(
      queryRank: try value("q_lora_rank")?.int(in: Limits.rank),
      keyValueRank: try count("kv_lora_rank", Limits.rank),
      rotaryDimension: try count("qk_rope_head_dim", Limits.headDimension),
      plainDimension: try count("qk_nope_head_dim", Limits.headDimension),
      valueDimension: try count("v_head_dim", Limits.headDimension))
  }

  /// Nil where no layer has one, or none that a context could fill.
  func slidingWindow(layers: Int, context: Int) throws -> SlidingWindow? {
    let isChunked = family == .llama4
    let key = isChunked ? "attention_chunk_size" : "sliding_window"
    let count = try layerTypes(layers: layers) ?? windowedLayers(of: layers)
    guard count > 0 else { return nil }
    guard let value = value(key) else {
      // Null switches windows off; layers that are said to have one need its width.
      guard value("layer_types") != nil, !isChunked else { return nil }
      throw text.error("\(key) is missing, and layer_types says that layers have one")
    }
    let tokens = try value.int(in: Limits.tokens)
    return tokens < context ? SlidingWindow(tokens: tokens, layerCount: count) : nil
  }

  /// Layers with a window as `layer_types` lists them; nil where it is not there.
  private func layerTypes(layers: Int) throws -> Int? {
    guard let value = value("layer_types") else { return nil }
    let hasWindow = try value.list { entry in
      switch try entry.string() {
      case "full_attention", "attention": false
      case "sliding_attention", "chunked_attention": true
      case let other:
        throw entry.error(
          "the kind of layer \"\(other)\" is not modelled",
          expected: "full_attention, sliding_attention or chunked_attention")
      }
    }
    guard hasWindow.count == layers else {
      throw value.error(
        "layer_types has \(hasWindow.count) entries", expected: "\(layers), num_hidden_layers")
    }
    return hasWindow.count { $0 }
  }

  /// Layers with a window where only rules tell them.
  private func windowedLayers(of layers: Int) throws -> Int {
    switch family {
    case .mistral, .mixtral, .phi3, .starcoder2: return layers
    case .qwen2, .qwen2MoE, .qwen3, .qwen3MoE:
      guard try flag("use_sliding_window") else { return 0 }
      return try max(0, layers - count("max_window_layers", 0...Limits.layers.upperBound))
    case .gemma2, .gptOSS: return (layers + 1) / 2
    case .gemma3: return try layers - layers / count("sliding_window_pattern", Limits.layers, 6)
    case .llama4: return try chunkedLayers(of: layers)
    case .gemma, .llama, .deepseekV2, .deepseekV3: return 0
    }
  }

  /// Llama 4 chunks the attention of layers that rotate their queries and keys.
  private func chunkedLayers(of layers: Int) throws -> Int {
    if let value = value("no_rope_layers") {
      let marks = try value.list(atLeast: 0) { try $0.int(in: 0...1) }
      // An empty list leaves the interval to speak.
      if marks.count == layers { return marks.reduce(0, +) }
      guard marks.isEmpty else {
        throw value.error(
          "no_rope_layers has \(marks.count) entries", expected: "\(layers), num_hidden_layers")
      }
    }
    return try layers - layers / count("no_rope_layer_interval", Limits.layers, 4)
  }
}
