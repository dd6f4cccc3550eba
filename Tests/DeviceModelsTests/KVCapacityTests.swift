import DeviceModels
import Scenarios
import TestSupport
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

  @Test func `with few rows windows are set aside, with many they are in the blocks`() throws {
    let replica = try Shipped.catalog().replicaModel(gpu: "h100-sxm", model: "gemma-3-12b")
    func blocks(_ rows: Int?, longest: Int? = nil) throws -> Int {
      try replica.kvBlockCount(
        tokensPerBlock: 16, memoryUtilization: 0.9, rowLimit: rows, longestSequence: longest)
    }
    let free =
      85_899_345_920 * 0.9 - 2 * 11_766_034_176.0 - replica.parameters.engine.reservedBytes
    // 8 heads of 256, keys and values, two bytes: 8,192 a token in each of 48 layers, 8 of which
    // attend to everything; a window of 1,024 spreads over 65 blocks at most.
    #expect(try blocks(nil) == Int(free / (16 * 48 * 8192)))
    #expect(try blocks(256) == blocks(nil))
    let rest = free - 20 * 65 * 16 * 40 * 8192
    #expect(try blocks(20) == Int(rest / (16 * 8 * 8192)))
    // Sequences of 500 tokens take 32 blocks of the windows' layers.
    let short = free - 20 * 32 * 16 * 40 * 8192
    #expect(try blocks(20, longest: 500) == Int(short / (16 * 8 * 8192)))
  }

  /// Sequences drawn at random until no block is left never hold more than the memory.
  @Test(arguments: [4, 24, 64, 256])
  func `what the blocks admit fits the memory, window or not`(rows: Int) throws {
    let replica = try Shipped.catalog().replicaModel(gpu: "h100-sxm", model: "gemma-3-12b")
    let count = try replica.kvBlockCount(
      tokensPerBlock: 16, memoryUtilization: 0.9, rowLimit: rows)
    let free =
      85_899_345_920 * 0.9 - replica.model.weightBytes - replica.parameters.engine.reservedBytes
    for longest in [300, 3000, 30_000] {
      var random = SplitMix64(seed: UInt64(longest))
      var (left, bytes) = (count, 0.0)
      for _ in 0..<rows {
        let tokens = Int.random(in: 1...longest, using: &random)
        guard tokens / 16 + 1 <= left else { break }
        left -= tokens / 16 + 1
        bytes += replica.model.cacheBytes(contextTokens: tokens)
      }
      #expect(bytes <= free)
    }
  }

  @Test func `GPUs that share a latent hold all of it each`() throws {
    let catalog = try Shipped.catalog()
    let replica = try RooflineReplicaModel(
      gpu: catalog.gpu(named: "h200-sxm"), model: catalog.model(named: "deepseek-v3"),
      layout: ReplicaLayout(tensorParallelDegree: 8),
      parameters: catalog.parameters(gpu: "h200-sxm"))
    #expect(replica.blockBytes(tokensPerBlock: 16) == 16 * 70_272)
    // 671 GB of 8 bits over eight GPUs leave room; over four they do not.
    let blocks = try replica.kvBlockCount(tokensPerBlock: 16, memoryUtilization: 0.9)
    #expect((20_000...60_000).contains(blocks))
  }
}
