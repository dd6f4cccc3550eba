internal import DeviceModels

/// A kind of architecture as `model_type` of a `config.json` names it: what its configuration
/// leaves unsaid, as the Transformers library (4.57) fills it in.
enum ModelFamily: String, CaseIterable {
  case deepseekV2 = "deepseek_v2"
  case deepseekV3 = "deepseek_v3"
  case gemma
  case gemma2
  case gemma3 = "gemma3_text"
  case gptOSS = "gpt_oss"
  case llama
  case llama4 = "llama4_text"
  case mistral
  case mixtral
  case phi3
  case qwen2
  case qwen2MoE = "qwen2_moe"
  case qwen3
  case qwen3MoE = "qwen3_moe"
  case starcoder2

  /// Other names of the same shape; the language models of those that also see or hear.
  private static let synonyms: [String: ModelFamily] = [
    "kimi_k2": .deepseekV3, "qwen2_vl": .qwen2, "qwen2_vl_text": .qwen2, "qwen2_5_vl": .qwen2,
    "qwen2_5_vl_text": .qwen2, "qwen3_vl_text": .qwen3, "qwen3_vl_moe_text": .qwen3MoE,
    "smollm3": .llama,
  ]

  /// By the name that a configuration has in `model_type`.
  init?(modelType: String) {
    guard let family = ModelFamily(rawValue: modelType) ?? Self.synonyms[modelType] else {
      return nil
    }
    self = family
  }

  var isDeepSeek: Bool { self == .deepseekV2 || self == .deepseekV3 }

  var isGemma: Bool { [.gemma, .gemma2, .gemma3].contains(self) }

  /// Where the configuration does not say.
  var hasTiedEmbeddings: Bool { isGemma || self == .starcoder2 }

  /// Where the configuration does not say; nil: hidden size over heads.
  var headDimension: Int? {
    switch self {
    case .gemma, .gemma2, .gemma3: 256
    case .qwen3: 128
    case .gptOSS: 64
    default: nil
    }
  }

  /// What Gemma 3's configurations leave out where it is that of the 4B.
  var attentionHeadCount: Int? { self == .gemma3 ? 8 : nil }
  var keyValueHeadCount: Int? { self == .gemma3 ? 4 : nil }
  var vocabularySize: Int? { self == .gemma3 ? 262_208 : nil }
  var maxContextTokens: Int? { self == .gemma3 ? 131_072 : nil }

  /// Whether the projections of queries, keys and values always have biases.
  var alwaysHasQueryKeyValueBias: Bool { self == .qwen2 || self == .qwen2MoE }

  /// Where the configuration says nothing of `attention_bias`.
  var hasAttentionBias: Bool { self == .gptOSS }

  /// Generation settings are in a file of their own, `generation_config.json` beside the weights,
  /// which vLLM's server takes its defaults from: those of gpt-oss (openai/gpt-oss-20b and -120b)
  /// name neither top-p nor top-k, the instruction-tuned models of the other families do.
  var sampler: Sampler { self == .gptOSS ? .unsorted : .sorted }

  var hasQueryKeyNorm: Bool { [.gemma3, .qwen3, .qwen3MoE].contains(self) }
}
