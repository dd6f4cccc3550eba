internal import DeviceModels

/// How each kind of sheet is written.
extension DeviceCatalog {
  static func gpu(_ yaml: YAMLMapping) throws -> GPUSheet {
    func peak(_ key: String, _ unit: String) throws -> Double {
      try yaml[key].measured(unit: unit, .positive).value
    }
    let nodeSize = try yaml["gpus_per_node"]
    guard let gpusPerNode = Int(exactly: try nodeSize.measured(unit: "1", .atLeast(1)).value)
    else { throw nodeSize.isNot("a whole number") }
    return GPUSheet(
      name: try yaml["name"].name(), title: try yaml["title"].string(),
      peakBF16FlopsPerSecond: try peak("peak_bf16", "FLOP/s"),
      memoryBytesPerSecond: try peak("memory_bandwidth", "byte/s"),
      memoryBytes: try peak("memory", "byte"),
      thermalDesignPower: try peak("thermal_design_power", "W"),
      linkBytesPerSecond: try peak("link_bandwidth", "byte/s"),
      gpusPerNode: gpusPerNode)
  }

  static func model(_ yaml: YAMLMapping) throws -> ModelSheet {
    func count(_ key: String) throws -> Int { try yaml[key].int(in: 1...) }
    let sheet = ModelSheet(
      name: try yaml["name"].name(), title: try yaml["title"].string(),
      layerCount: try count("layers"), hiddenSize: try count("hidden_size"),
      attentionHeadCount: try count("attention_heads"),
      keyValueHeadCount: try count("key_value_heads"),
      headDimension: try count("head_dimension"),
      intermediateSize: try count("intermediate_size"),
      vocabularySize: try count("vocabulary_size"),
      hasTiedEmbeddings: try yaml["tied_embeddings"].bool(),
      hasAttentionBias: try yaml["attention_bias"].bool(),
      hasQueryKeyNorm: try yaml["query_key_norm"].bool(),
      bytesPerWeight: try yaml["weight_bytes"].double(.positive),
      bytesPerCacheElement: try yaml["cache_element_bytes"].double(.positive),
      maxContextTokens: try yaml["max_context_tokens"].int(in: 1...1_000_000_000))
    _ = try yaml["source"].string()
    if let published = yaml.optional("published_parameters") {
      guard try published.int(in: 1...) == sheet.parameterCount else {
        throw published.isNot("\(sheet.parameterCount), the weights that the shape holds")
      }
    }
    return sheet
  }

  static func node(_ yaml: YAMLMapping) throws -> NodeSheet {
    NodeSheet(
      name: try yaml["name"].name(), title: try yaml["title"].string(),
      gpuCount: try yaml["gpus"].int(in: 1...), measuredGPU: try yaml["measured_gpu"].name(),
      hostPower: try yaml["host_power"].measured(unit: "W", .nonNegative).value,
      wattsPerGPUWatt: try yaml["watts_per_gpu_watt"].measured(unit: "1", .atLeast(1)).value,
      relativeError: try yaml["relative_error"].measured(unit: "1", .nonNegative).value)
  }

  static func facility(_ yaml: YAMLMapping) throws -> FacilitySheet {
    FacilitySheet(
      name: try yaml["name"].name(), title: try yaml["title"].string(),
      powerUsageEffectiveness: try yaml["power_usage_effectiveness"]
        .measured(unit: "1", .atLeast(1)).value)
  }
}
