import DeviceModels
import Scenarios
import Testing

@Suite struct KVCapacityTests {
  @Test func `blocks are what the memory holds beside weights and reserve`() throws {
    let replica = try Shipped.catalog().replicaModel(gpu: "h100-sxm", model: "llama-3.1-8b")
    let blocks = try replica.kvBlockCount(tokensPerBlock: 16, memoryUtilization: 0.9)
    let free =
      85_899_345_920 * 0.9 - 2 * 8_030_261_248.0 - replica.parameters.engine.reservedBytes
    #expect(blocks == Int(free / (16 * 131_072)))
  }

  @Test func `GPUs that share a model keep memory for their buffers`() throws {
    let replica = try Shipped.catalog()
      .replicaModel(gpu: "h100-sxm", model: "llama-3.1-8b", tensorParallel: 2)
    // 77,309,411,328 usable bytes less 8,030,261,248 of weights, 3,758,096,384 of reserve and
    // 411,041,792 of buffers, in blocks of 16 tokens of half of 131,072 bytes.
    #expect(try replica.kvBlockCount(tokensPerBlock: 16, memoryUtilization: 0.9) == 62_093)
  }

  /// ML.ENERGY v3 ran Qwen3-8B with 82 sequences of some 4,000 tokens at a time on one H100 when
  /// allowed 96: the cache was full.
  @Test func `the capacity agrees with a measured full cache`() throws {
    let replica = try Shipped.catalog().replicaModel(gpu: "h100-sxm", model: "qwen3-8b")
    let tokens = try 16 * replica.kvBlockCount(tokensPerBlock: 16, memoryUtilization: 0.9)
    let measured = 82 * (250 + 8052 / 2)
    #expect(abs(Double(tokens) / Double(measured) - 1) < 0.15)
  }

  @Test func `a model that does not fit says what would`() throws {
    let replica = try Shipped.catalog().replicaModel(gpu: "h100-sxm", model: "llama-3.1-70b")
    let error = #expect(throws: LayoutError.self) {
      try replica.kvBlockCount(tokensPerBlock: 16, memoryUtilization: 0.9)
    }
    guard case .doesNotFit(_, _, 1, let required, let available, let degree, 8) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // 70.55 G weights of two bytes are 131.4 GiB, the reserve 3.5.
    #expect(abs(required - 134.9) < 0.1)
    #expect(abs(available - 72) < 0.1)
    #expect(degree == 2)
    #expect(
      error?.description == """
        llama-3.1-70b does not fit h100-sxm at tensor parallel 1: each GPU needs 134.9 GiB and \
        has 72.0 GiB to use; tensor parallel 2 is the smallest that fits
        """)
  }

  @Test func `key-value heads are copied where there are fewer than GPUs`() throws {
    let catalog = try Shipped.catalog()
    let two = try catalog.replicaModel(gpu: "h100-sxm", model: "qwen2.5-1.5b", tensorParallel: 2)
    let four = try catalog.replicaModel(gpu: "h100-sxm", model: "qwen2.5-1.5b", tensorParallel: 4)
    #expect(two.blockBytes(tokensPerBlock: 16) == 16 * 14_336)
    #expect(four.blockBytes(tokensPerBlock: 16) == 16 * 14_336)
  }
}
