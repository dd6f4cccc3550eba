internal import DeviceModels
internal import FleetEngine

/// Reads the `engine` of a pool, whose keys and defaults are those of vLLM.
struct EngineReader {
  enum Defaults {
    static let maxNumSeqs = 256
    static let maxNumBatchedTokens = 8192
    static let gpuMemoryUtilization = 0.9
    static let blockSize = 16
  }

  let replica: RooflineReplicaModel
  /// Where errors point that are nobody's own fault: the pool.
  let pool: YAMLMapping

  func read(_ value: YAMLValue?) throws -> EngineLimits {
    guard let value else { return try limits(nil) }
    return try value.mapping { try limits($0) }
  }

  private func limits(_ yaml: YAMLMapping?) throws -> EngineLimits {
    let rows =
      try yaml?.optional("max_num_seqs")?.int(in: 1...65_536) ?? Defaults.maxNumSeqs
    let budget = try tokenBudget(yaml?.optional("max_num_batched_tokens"), rows: rows)
    let utilization =
      try yaml?.optional("gpu_memory_utilization")?.double(.positiveFraction)
      ?? Defaults.gpuMemoryUtilization
    let blockSize = try yaml?.optional("block_size")?.int(in: 1...4096) ?? Defaults.blockSize
    let longestValue = yaml?.optional("max_model_len")
    let longest = try longestValue?.int(in: 1...replica.model.maxContextTokens)
    let blocks = try blockCount(
      yaml?.optional("num_gpu_blocks"), blockSize: blockSize, utilization: utilization)
    let capacity = blocks * blockSize
    if let longest, let longestValue, longest > capacity {
      throw longestValue.isNot("at most \(capacity), the tokens that the KV cache holds")
    }
    return EngineLimits(
      batchRowLimit: rows, iterationTokenBudget: budget, tokensPerBlock: blockSize,
      kvBlockCount: blocks,
      maxModelTokens: longest ?? min(replica.model.maxContextTokens, capacity))
  }

  private func tokenBudget(_ value: YAMLValue?, rows: Int) throws -> Int {
    guard let value else { return max(Defaults.maxNumBatchedTokens, rows) }
    let budget = try value.int(in: 1...10_000_000)
    guard budget >= rows else { throw value.isNot("at least max_num_seqs, \(rows)") }
    return budget
  }

  private func blockCount(
    _ value: YAMLValue?, blockSize: Int, utilization: Double
  ) throws -> Int {
    do {
      let fitting = try replica.kvBlockCount(
        tokensPerBlock: blockSize, memoryUtilization: utilization)
      guard let value else { return fitting }
      let count = try value.int(in: 1...Int.max)
      guard count <= fitting else {
        throw value.isNot("at most \(fitting), the blocks that fit beside the weights")
      }
      return count
    } catch LayoutError.doesNotFit(
      let model, let gpu, let degree, let required, let available, let smallest, let largest)
    {
      throw pool.error(
        """
        \(model) does not fit \(gpu) at tensor_parallel_size \(degree): it needs \
        \(Self.gibibytes(required)) GiB of each GPU, which has \(Self.gibibytes(available))
        """,
        expected: smallest.map { "tensor_parallel_size \($0) or more" }
          ?? "a smaller model: none up to tensor_parallel_size \(largest) fits")
    }
  }

  private static func gibibytes(_ value: Double) -> String {
    NumberText.of((value * 10).rounded() / 10)
  }
}
