internal import DeviceModels

/// Routed and shared experts, by each family's names.
extension ModelConfig {
  /// Nil where every layer is dense.
  func experts(layers: Int) throws -> MixtureOfExperts? {
    switch family {
    case .mixtral: return try experts("num_local_experts", width: "intermediate_size")
    case .gptOSS: return try experts("num_local_experts", width: "intermediate_size")
    case .llama4: return try llama4(layers: layers)
    case .qwen2MoE, .qwen3MoE: return try qwen(layers: layers)
    case .deepseekV2, .deepseekV3: return try deepSeek(layers: layers)
    default: return nil
    }
  }

  private func experts(_ key: String, width: String) throws -> MixtureOfExperts {
    let routed = try count(key, Limits.experts)
    let active = value("num_experts_per_tok") ?? value("experts_per_token")
    return MixtureOfExperts(
      routedExpertCount: routed,
      activeExpertCount: try active?.int(in: 1...routed)
        ?? count("num_experts_per_tok", 1...routed),
      intermediateSize: try count(width, Limits.feedForward))
  }

  private func llama4(layers: Int) throws -> MixtureOfExperts? {
    var experts = try experts("num_local_experts", width: "intermediate_size")
    experts.sharedIntermediateSize = experts.intermediateSize
    let expertLayers: Int
    if let value = value("moe_layers") {
      expertLayers = Set(try value.list(atLeast: 0) { try $0.int(in: 0...layers - 1) }).count
    } else {
      expertLayers = try layers / count("interleave_moe_layer_step", Limits.layers, 1)
    }
    experts.denseLayerCount = layers - expertLayers
    return expertLayers > 0 ? experts : nil
  }

  private func qwen(layers: Int) throws -> MixtureOfExperts? {
    var experts = try experts("num_experts", width: "moe_intermediate_size")
    if family == .qwen2MoE {
      experts.sharedIntermediateSize = try count(
        "shared_expert_intermediate_size", Limits.feedForward)
    }
    let step = try count("decoder_sparse_step", Limits.layers, 1)
    let dense =
      try value("mlp_only_layers")?
      .list(atLeast: 0) { try $0.int(in: 0...layers - 1) } ?? []
    let expertLayers = (0..<layers).count { ($0 + 1) % step == 0 && !dense.contains($0) }
    experts.denseLayerCount = layers - expertLayers
    return expertLayers > 0 ? experts : nil
  }

  private func deepSeek(layers: Int) throws -> MixtureOfExperts? {
    guard value("n_routed_experts") != nil else { return nil }
    var experts = try experts("n_routed_experts", width: "moe_intermediate_size")
    if let shared = value("n_shared_experts") {
      let most = Limits.feedForward.upperBound / experts.intermediateSize
      experts.sharedIntermediateSize = try shared.int(in: 0...most) * experts.intermediateSize
    }
    let first = try count("first_k_dense_replace", 0...Limits.layers.upperBound, 0)
    let step = try count("moe_layer_freq", Limits.layers, 1)
    let expertLayers = (0..<layers).count { $0 >= first && $0 % step == 0 }
    experts.denseLayerCount = layers - expertLayers
    return expertLayers > 0 ? experts : nil
  }
}
