import DeviceModels
import Testing

@testable import Scenarios

@Suite struct ModelSheetTests {
  /// Bytes per token of context in bfloat16, from the Qwen2.5 publication's table of shapes.
  @Test(arguments: [
    ("qwen2.5-1.5b", 28_672.0), ("qwen2.5-7b", 57_344), ("qwen2.5-14b", 196_608),
    ("qwen2.5-32b", 262_144),
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
  ])
  func `weights counted from the shape are those published`(name: String, count: Int) throws {
    #expect(try Shipped.catalog().model(named: name).parameterCount == count)
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
      weight_bytes: 2
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
