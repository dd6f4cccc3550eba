import DeviceModels
import TestSupport
import Testing

@testable import Scenarios

private func sheet(_ text: String) throws -> ModelSheet {
  try ModelConfig.sheet(text: text, file: "config.json", name: "own")
}

private func failure(_ text: String) -> String {
  do {
    return "none: \(try sheet(text))"
  } catch { return "\(error)" }
}

struct ModelConfigTests {
  /// Every fixture is a checkpoint whose sheet ships with the program.
  static let shipped: [(text: String, name: String, format: WeightFormat)] = [
    (ConfigFixtures.qwen25, "qwen2.5-7b", .bfloat16),
    (ConfigFixtures.qwen3MoE, "qwen3-30b-a3b-2507", .fp8),
    (ConfigFixtures.gptOSS, "gpt-oss-20b", .mxfp4),
    (ConfigFixtures.gemma3, "gemma-3-12b", .bfloat16),
    (ConfigFixtures.gemma2, "gemma-2-9b", .bfloat16),
    (ConfigFixtures.deepSeekV3, "deepseek-v3", .fp8),
    (ConfigFixtures.deepSeekV2Lite, "deepseek-v2-lite", .bfloat16),
    (ConfigFixtures.llama4, "llama-4-maverick", .bfloat16),
    (ConfigFixtures.mixtral, "mixtral-8x7b", .bfloat16),
    (ConfigFixtures.starcoder2, "starcoder2-3b", .bfloat16),
    (ConfigFixtures.llama, "llama-3.2-1b", .bfloat16),
  ]

  @Test(arguments: shipped.indices)
  func `a configuration gives the sheet that ships`(index: Int) throws {
    let item = Self.shipped[index]
    var known = try catalog.devices.model(named: item.name)
    let read = try sheet(item.text)
    #expect(read.weightFormat == item.format)
    known.name = "own"
    known.title = "own"
    known.aliases = []
    known.fp8Aliases = []
    known.weightFormat = item.format
    #expect(read == known)
  }

  /// 14.3 billion weights, 2.7 of them for a token: the card of Qwen1.5-MoE-A2.7B.
  @Test func `a shared expert and its gate are counted`() throws {
    let sheet = try sheet(ConfigFixtures.qwen15MoE)
    #expect(sheet.parameterCount == 14_315_784_192)
    #expect(sheet.experts?.sharedIntermediateSize == 5632)
    let embedding = sheet.vocabularySize * sheet.hiddenSize
    #expect(abs(Double(sheet.activeParameterCount + embedding) / 2.7e9 - 1) < 0.01)
  }

  @Test func `windows follow the switch and the first layer that has one`() throws {
    let on = ConfigFixtures.qwen25
      .replacing("\"use_sliding_window\": false", with: "\"use_sliding_window\": true")
      .replacing("\"sliding_window\": 131072", with: "\"sliding_window\": 4096")
      .replacing("\"max_window_layers\": 28", with: "\"max_window_layers\": 21")
    #expect(try sheet(on).slidingWindow == SlidingWindow(tokens: 4096, layerCount: 7))
    let wide = on.replacing("\"sliding_window\": 4096", with: "\"sliding_window\": 32768")
    #expect(try sheet(wide).slidingWindow == nil)
  }

  @Test func `layers that are no mixture are counted as dense`() throws {
    let some = ConfigFixtures.qwen3MoE
      .replacing("\"decoder_sparse_step\": 1", with: "\"decoder_sparse_step\": 2")
      .replacing("\"mlp_only_layers\": []", with: "\"mlp_only_layers\": [0, 1, 3]")
    let sheet = try sheet(some)
    // Of the 24 odd layers, 1 and 3 are dense.
    #expect(sheet.expertLayerCount == 22 && sheet.denseLayerCount == 26)
    #expect(sheet.intermediateSize == 6144)
  }

  @Test func `a context is stretched by YaRN and by nothing else`() throws {
    func context(_ scaling: String) throws -> Int {
      try sheet(
        ConfigFixtures.qwen25.replacing(
          "\"vocab_size\"", with: "\"rope_scaling\": \(scaling), \"vocab_size\"")
      ).maxContextTokens
    }
    let yarn = #"{"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}"#
    #expect(try context(yarn) == 131_072)
    #expect(try context(#"{"rope_type": "default"}"#) == 32_768)
  }

  @Test(arguments: [
    (#"{"quant_method": "compressed-tensors", "config_groups": {"a": {"weights": "#
      + #"{"num_bits": 8, "type": "float"}}}}"#),
    #"{"quant_method": "modelopt", "quant_algo": "FP8"}"#, #"{"quant_method": "fbgemm_fp8"}"#,
  ])
  func `8 bits are 8 bits, whoever wrote them`(quantization: String) throws {
    let text = ConfigFixtures.llama.replacing(
      "\"vocab_size\"", with: "\"quantization_config\": \(quantization), \"vocab_size\"")
    #expect(try sheet(text).weightFormat == .fp8)
  }

  static let refused: [(original: String, other: String, message: String)] = [
    (
      "\"model_type\": \"qwen2\"", "\"model_type\": \"nemotron_h\"",
      """
      config.json:7:17: the architecture "nemotron_h" is not modelled; expected one of \
      deepseek_v2, deepseek_v3, gemma, gemma2, gemma3_text, gpt_oss, llama, llama4_text, mistral, \
      mixtral, phi3, qwen2, qwen2_moe, qwen3, qwen3_moe, starcoder2
      """
    ),
    (
      "\"num_hidden_layers\": 28", "\"layer_types\": [\"linear_attention\"]",
      "config.json:1:1: missing key \"num_hidden_layers\""
    ),
    (
      "\"sliding_window\": 131072", "\"layer_types\": [\"full_attention\", \"linear_attention\"]",
      """
      config.json:10:37: the kind of layer "linear_attention" is not modelled; expected \
      full_attention, sliding_attention or chunked_attention
      """
    ),
    (
      "\"sliding_window\": 131072", "\"layer_types\": [\"full_attention\"]",
      "config.json:10:18: layer_types has 1 entries; expected 28, num_hidden_layers"
    ),
    (
      "\"vocab_size\"", "\"quantization_config\": {\"quant_method\": \"awq\"}, \"vocab_size\"",
      """
      config.json:11:100: the quantization "awq" is not modelled in quantization_config; expected \
      one of fp8, mxfp4, fbgemm_fp8, modelopt, compressed-tensors
      """
    ),
    (
      "\"vocab_size\"", "\"quantization_config\": {\"quant_method\": \"mxfp4\"}, \"vocab_size\"",
      """
      config.json:11:100: quant_method is "mxfp4" and there are no experts in \
      quantization_config; expected a mixture of experts
      """
    ),
    (
      "\"num_key_value_heads\": 4", "\"num_key_value_heads\": 3",
      "config.json:8:78: num_key_value_heads is 3; expected a divisor of num_attention_heads, 28"
    ),
    (
      "\"hidden_size\": 3584", "\"hidden_size\": -1",
      "config.json:5:18: hidden_size is -1; expected a whole number ≥ 1 and ≤ 262144"
    ),
  ]

  @Test(arguments: refused.indices)
  func `what is not modelled is refused by its name and place`(index: Int) {
    let item = Self.refused[index]
    #expect(ConfigFixtures.qwen25.contains(item.original))
    #expect(
      failure(ConfigFixtures.qwen25.replacing(item.original, with: item.other)) == item.message)
  }

  @Test func `what is no configuration is refused`() {
    #expect(failure("") == "config.json: the file is empty; expected a mapping of keys to values")
    #expect(failure("[1]").contains("the file holds a list"))
    #expect(failure("{\"text_config\": 3}").contains("text_config is 3"))
    #expect(failure("{\"a\": 1, \"a\": 2}").contains("key \"a\" is there more than once"))
  }

  /// Whatever is cut off or changed: a sheet whose sums are whole numbers, or one error.
  @Test(arguments: ConfigFixtures.all.indices)
  func `a damaged configuration is a sheet or an error that names the file`(index: Int) {
    let text = Array(ConfigFixtures.all[index].utf8)
    var random = SplitMix64(seed: UInt64(index) + 1)
    var sheets = 0
    for round in 0..<300 {
      var bytes = text
      if round % 3 == 0 { bytes.removeLast(Int(random.next() % UInt64(text.count))) }
      for _ in 0...(random.next() % 3) where round % 3 > 0 {
        let place = Int(random.next() % UInt64(bytes.count))
        let pieces: [[UInt8]] = [
          Array("9".utf8), Array("0".utf8), Array("-".utf8), Array("null".utf8), Array("\"".utf8),
          Array("{".utf8), Array("]".utf8), Array("99999999".utf8), Array("1e9".utf8), [],
        ]
        bytes.replaceSubrange(
          place..<min(place + Int(random.next() % 4), bytes.count),
          with: pieces[Int(random.next() % UInt64(pieces.count))])
      }
      do {
        let sheet = try sheet(String(decoding: bytes, as: UTF8.self))
        #expect(sheet.parameterCount > 0 && sheet.weightBytes > 0)
        #expect(sheet.activeParameterCount > 0)
        #expect(sheet.cacheBytes(contextTokens: sheet.maxContextTokens) > 0)
        sheets += 1
      } catch let error as InputError {
        #expect(error.description.hasPrefix("config.json"))
      } catch {
        Issue.record("\(error)")
      }
    }
    #expect(sheets > 0 && sheets < 300)
  }

  /// The largest numbers that are read do not overflow when they are multiplied.
  @Test func `the largest shape has a count`() throws {
    let text = """
      {"model_type": "deepseek_v3", "first_k_dense_replace": 0, "hidden_size": 262144,
       "intermediate_size": 1048576, "kv_lora_rank": 65536, "q_lora_rank": 65536,
       "max_position_embeddings": 134217728, "moe_intermediate_size": 1048576,
       "n_routed_experts": 4096, "n_shared_experts": 1, "num_attention_heads": 4096,
       "num_experts_per_tok": 4096, "num_hidden_layers": 2048, "qk_nope_head_dim": 4096,
       "qk_rope_head_dim": 4096, "v_head_dim": 4096, "vocab_size": 16777216}
      """
    let sheet = try sheet(text)
    #expect(sheet.parameterCount > 6_900_000_000_000_000_000)
    #expect(sheet.cacheBytes(contextTokens: sheet.maxContextTokens).isFinite)
  }
}
