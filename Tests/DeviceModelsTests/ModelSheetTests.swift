import DeviceModels
import Testing

@testable import Scenarios

@Suite struct ModelSheetTests {
  /// Bytes per token of context in bfloat16, from the Qwen2.5 publication's table of shapes.
  @Test(arguments: [
    ("qwen2.5-1.5b", 28_672.0), ("qwen2.5-7b", 57_344), ("qwen2.5-14b", 196_608),
    ("qwen2.5-32b", 262_144),
    // A latent of 512 and 64 rotary elements in 61 layers: the 70 KB of arXiv 2412.19437.
    ("deepseek-v3", 70_272),
  ])
  func `cache bytes per token are the published ones`(name: String, bytes: Double) throws {
    #expect(try Shipped.catalog().model(named: name).cacheBytesPerToken == bytes)
  }

  /// Counts that the publishers state for their checkpoints.
  @Test(arguments: [
    ("qwen2.5-1.5b", 1_543_714_304), ("qwen2.5-7b", 7_615_616_512),
    ("qwen2.5-14b", 14_770_033_664), ("qwen2.5-32b", 32_763_876_352),
    ("llama-3.1-8b", 8_030_261_248), ("llama-3.1-70b", 70_553_706_496),
    ("qwen3-8b", 8_190_735_360), ("r1-distill-qwen-1.5b", 1_777_088_000),
    ("qwen3-30b-a3b", 30_532_122_624), ("qwen3-235b-a22b", 235_093_634_560),
    ("qwen3-coder-480b-a35b", 480_154_875_392), ("mixtral-8x7b", 46_702_792_704),
    ("gemma-2-27b", 27_227_128_320), ("starcoder2-15b", 15_957_889_024),
    ("phi-3-small", 7_392_272_384), ("deepseek-v3", 671_026_419_200),
    ("deepseek-v2-lite", 15_706_484_224),
  ])
  func `weights counted from the shape are those published`(name: String, count: Int) throws {
    #expect(try Shipped.catalog().model(named: name).parameterCount == count)
  }

  /// Billions of weights in all and for one token, from the cards, and what of the latter their
  /// rounding hides; gpt-oss, DeepSeek: without the input embedding, the others with it.
  static let cards: [(name: String, total: Double, active: Double, slack: Double)] = [
    ("gpt-oss-20b", 20.91, 3.61, 0.005), ("gpt-oss-120b", 116.83, 5.13, 0.005),
    ("deepseek-r1", 671, 37, 0.5), ("deepseek-v2-lite", 15.7, 2.4, 0.06),
    ("qwen3-30b-a3b", 30.5, 3.3, 0.06), ("qwen3-235b-a22b", 235, 22, 0.5),
    ("qwen3-coder-480b-a35b", 480, 35, 0.5), ("llama-4-scout", 108, 17, 0.5),
    ("llama-4-maverick", 400, 17, 0.5), ("mixtral-8x22b", 141, 39, 0.5),
  ]

  @Test(arguments: cards.indices)
  func `a token passes through as many weights as the card says`(index: Int) throws {
    let card = Self.cards[index]
    let sheet = try Shipped.catalog().model(named: card.name)
    let countsEmbedding = index >= 4
    let embedding = countsEmbedding ? sheet.vocabularySize * sheet.hiddenSize : 0
    let counted = Double(sheet.activeParameterCount + embedding) / 1e9
    #expect(abs(Double(sheet.parameterCount) / 1e9 / card.total - 1) < 0.01)
    #expect(abs(counted - card.active) < card.slack, "\(card.name): \(counted)")
  }

  /// Embeddings and all other weights, millions: the table of arXiv 2503.19786.
  @Test(arguments: [
    ("gemma-3-1b", 302, 698), ("gemma-3-4b", 675, 3209), ("gemma-3-12b", 1012, 10_759),
    ("gemma-3-27b", 1416, 25_600),
  ])
  func `Gemma's weights split as published`(name: String, embedding: Int, others: Int) throws {
    let sheet = try Shipped.catalog().model(named: name)
    let counted = Double(sheet.outputProjectionWeights) / 1e6
    #expect(abs(counted / Double(embedding) - 1) < 0.01)
    #expect(abs((Double(sheet.parameterCount) / 1e6 - counted) / Double(others) - 1) < 0.001)
  }

  /// Sizes of the checkpoints, GiB: the model card of gpt-oss.
  @Test(arguments: [("gpt-oss-120b", 60.8), ("gpt-oss-20b", 12.8)])
  func `experts of 4 bits take the bytes of the checkpoint`(name: String, size: Double) throws {
    let bytes = try Shipped.catalog().model(named: name).weightBytes
    #expect(abs(bytes / 1_073_741_824 - size) < 0.06)
  }

  @Test func `in 8 bits the embeddings, the output and the norms keep 16`() throws {
    var sheet = try Shipped.catalog().model(named: "llama-3.1-8b")
    sheet.weightFormat = .fp8
    // Two tables of 128,256 rows, 65 norms of 4,096; everything else is a projection.
    let plain = 2 * 128_256 * 4096 + 65 * 4096
    #expect(sheet.weightBytes == Double(8_030_261_248 + plain))
  }

  @Test func `layers with a window hold no more than it`() throws {
    let sheet = try Shipped.catalog().model(named: "gpt-oss-20b")
    // 12 layers of each kind, 8 heads of 64, keys and values, two bytes.
    let layer = 12.0 * 2 * 8 * 64 * 2
    #expect(sheet.cacheBytes(contextTokens: 100) == layer * 200)
    #expect(sheet.cacheBytes(contextTokens: 1000) == layer * 1128)
    #expect(sheet.windowedLayerCount == 12 && sheet.fullAttentionLayerCount == 12)
  }

  @Test func `layers are counted by the kind of their blocks`() throws {
    let sheet = try Shipped.catalog().model(named: "deepseek-v3")
    #expect(sheet.denseLayerCount == 3 && sheet.expertLayerCount == 58)
    #expect(sheet.routedExpertWeightsPerLayer == 256 * 3 * 7168 * 2048)
    #expect(sheet.denseFeedForwardWeightsPerLayer == 3 * 7168 * 18_432)
    let dense = try Shipped.catalog().model(named: "qwen2.5-7b")
    #expect(dense.denseLayerCount == 28 && dense.expertLayerCount == 0)
  }

  @Test func `a published count that the shape contradicts is refused`() throws {
    let text = """
      name: odd
      title: odd
      source: nowhere
      layers: 1
      hidden_size: 4
      attention_heads: 2
      key_value_heads: 1
      head_dimension: 2
      intermediate_size: 8
      vocabulary_size: 10
      tied_embeddings: true
      attention_bias: false
      query_key_norm: false
      weights: bf16
      cache_element_bytes: 2
      max_context_tokens: 16
      published_parameters: 7
      """
    // 10·4 embeddings, 4·8 QKV, 4·4 output, 3·4·8 feed-forward, 2·4 norms, 4 final norm.
    let error = #expect(throws: InputError.self) {
      try YAMLDocument.read(text: text, file: "odd.yaml") { try DeviceCatalog.model($0) }
    }
    #expect(error?.expectation == "196, the weights that the shape holds")
    #expect(error?.line == 17)
  }
}
