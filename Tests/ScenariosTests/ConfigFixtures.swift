/// Configurations written by hand from the publishers' model cards: what the shape needs, and a
/// little of what it does not.
enum ConfigFixtures {
  static let qwen25 = """
    {
      "architectures": ["Qwen2ForCausalLM"],
      "attention_dropout": 0.0,
      "hidden_act": "silu",
      "hidden_size": 3584, "intermediate_size": 18944,
      "max_position_embeddings": 32768, "max_window_layers": 28,
      "model_type": "qwen2",
      "num_attention_heads": 28, "num_hidden_layers": 28, "num_key_value_heads": 4,
      "rms_norm_eps": 1e-06,
      "sliding_window": 131072, "use_sliding_window": false,
      "tie_word_embeddings": false, "torch_dtype": "bfloat16", "vocab_size": 152064
    }
    """

  static let qwen3MoE = """
    {
      "decoder_sparse_step": 1, "head_dim": 128, "hidden_size": 2048,
      "intermediate_size": 6144, "max_position_embeddings": 262144, "mlp_only_layers": [],
      "model_type": "qwen3_moe", "moe_intermediate_size": 768, "num_attention_heads": 32,
      "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 48,
      "num_key_value_heads": 4, "rope_scaling": null, "sliding_window": null,
      "tie_word_embeddings": false, "use_sliding_window": false, "vocab_size": 151936,
      "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}
    }
    """

  static let qwen15MoE = """
    {
      "decoder_sparse_step": 1, "hidden_size": 2048, "intermediate_size": 5632,
      "max_position_embeddings": 8192, "model_type": "qwen2_moe",
      "moe_intermediate_size": 1408, "num_attention_heads": 16, "num_experts": 60,
      "num_experts_per_tok": 4, "num_hidden_layers": 24, "num_key_value_heads": 16,
      "shared_expert_intermediate_size": 5632, "tie_word_embeddings": false,
      "vocab_size": 151936
    }
    """

  static let gptOSS = """
    {
      "attention_bias": true, "experts_per_token": 4, "head_dim": 64, "hidden_size": 2880,
      "initial_context_length": 4096, "intermediate_size": 2880,
      "layer_types": [\(Array(repeating: #""sliding_attention", "full_attention""#, count: 12)
        .joined(separator: ", "))],
      "max_position_embeddings": 131072, "model_type": "gpt_oss", "num_attention_heads": 64,
      "num_experts_per_tok": 4, "num_hidden_layers": 24, "num_key_value_heads": 8,
      "num_local_experts": 32, "sliding_window": 128, "tie_word_embeddings": false,
      "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]},
      "rope_scaling": {"rope_type": "yarn", "factor": 32.0,
        "original_max_position_embeddings": 4096},
      "vocab_size": 201088
    }
    """

  /// As small as the publisher wrote it: the rest is the family's.
  static let gemma3 = """
    {
      "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3",
      "text_config": {
        "hidden_size": 3840, "intermediate_size": 15360, "model_type": "gemma3_text",
        "num_attention_heads": 16, "num_hidden_layers": 48, "num_key_value_heads": 8,
        "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024
      },
      "vision_config": {"hidden_size": 1152, "model_type": "siglip_vision_model"}
    }
    """

  static let gemma2 = """
    {
      "head_dim": 256, "hidden_size": 3584, "intermediate_size": 14336,
      "max_position_embeddings": 8192, "model_type": "gemma2", "num_attention_heads": 16,
      "num_hidden_layers": 42, "num_key_value_heads": 8, "sliding_window": 4096,
      "vocab_size": 256000
    }
    """

  static let deepSeekV3 = """
    {
      "first_k_dense_replace": 3, "hidden_size": 7168, "intermediate_size": 18432,
      "kv_lora_rank": 512, "max_position_embeddings": 163840, "model_type": "deepseek_v3",
      "moe_intermediate_size": 2048, "moe_layer_freq": 1, "n_routed_experts": 256,
      "n_shared_experts": 1, "num_attention_heads": 128, "num_experts_per_tok": 8,
      "num_hidden_layers": 61, "num_key_value_heads": 128, "q_lora_rank": 1536,
      "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
      "quantization_config": {"quant_method": "fp8", "fmt": "e4m3"},
      "tie_word_embeddings": false, "vocab_size": 129280
    }
    """

  static let deepSeekV2Lite = """
    {
      "first_k_dense_replace": 1, "hidden_size": 2048, "intermediate_size": 10944,
      "kv_lora_rank": 512, "max_position_embeddings": 163840, "model_type": "deepseek_v2",
      "moe_intermediate_size": 1408, "n_routed_experts": 64, "n_shared_experts": 2,
      "num_attention_heads": 16, "num_experts_per_tok": 6, "num_hidden_layers": 27,
      "num_key_value_heads": 16, "q_lora_rank": null, "qk_nope_head_dim": 128,
      "qk_rope_head_dim": 64, "v_head_dim": 128, "vocab_size": 102400
    }
    """

  static let llama4 = """
    {
      "model_type": "llama4",
      "text_config": {
        "attention_chunk_size": 8192, "head_dim": 128, "hidden_size": 5120,
        "interleave_moe_layer_step": 2, "intermediate_size": 8192,
        "intermediate_size_mlp": 16384, "max_position_embeddings": 1048576,
        "model_type": "llama4_text", "no_rope_layers": [], "num_attention_heads": 40,
        "num_experts_per_tok": 1, "num_hidden_layers": 48, "num_key_value_heads": 8,
        "num_local_experts": 128, "tie_word_embeddings": false, "vocab_size": 202048
      }
    }
    """

  static let mixtral = """
    {
      "hidden_size": 4096, "intermediate_size": 14336, "max_position_embeddings": 32768,
      "model_type": "mixtral", "num_attention_heads": 32, "num_experts_per_tok": 2,
      "num_hidden_layers": 32, "num_key_value_heads": 8, "num_local_experts": 8,
      "sliding_window": null, "tie_word_embeddings": false, "vocab_size": 32000
    }
    """

  static let starcoder2 = """
    {
      "hidden_size": 3072, "intermediate_size": 12288, "max_position_embeddings": 16384,
      "model_type": "starcoder2", "num_attention_heads": 24, "num_hidden_layers": 30,
      "num_key_value_heads": 2, "sliding_window": 4096, "use_bias": true, "vocab_size": 49152
    }
    """

  static let llama = """
    {"model_type":"llama","hidden_size":2048,"intermediate_size":8192,"head_dim":64,\
    "max_position_embeddings":131072,"num_attention_heads":32,"num_hidden_layers":16,\
    "num_key_value_heads":8,"tie_word_embeddings":true,"vocab_size":128256,\
    "rope_scaling":{"factor":32.0,"rope_type":"llama3",\
    "original_max_position_embeddings":8192}}
    """

  static let all = [
    qwen25, qwen3MoE, qwen15MoE, gptOSS, gemma3, gemma2, deepSeekV3, deepSeekV2Lite, llama4,
    mixtral, starcoder2, llama,
  ]
}
