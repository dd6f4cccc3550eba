internal import DeviceModels
internal import FleetEngine
internal import Quantities

/// Makes limits and rules of what a pool asks of its engine.
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

  func read(_ settings: EngineSettings) throws -> (limits: EngineLimits, rules: EngineRules) {
    var rules = EngineRules()
    rules.order =
      try settings["scheduling_policy"]?.choice(of: SchedulingOrder.self) ?? rules.order
    rules.chunksPrefill =
      try settings["enable_chunked_prefill"]?.bool() ?? rules.chunksPrefill
    rules.cachesPrefixes =
      try settings["enable_prefix_caching"]?.bool() ?? rules.cachesPrefixes
    rules.waitingLimit = try settings["max_waiting"]?.int(in: 1...1_000_000_000)
    let limits = try limits(settings, chunksPrefill: rules.chunksPrefill)
    let watermark = try settings["watermark"]?.double(Self.watermarks) ?? 0
    rules.watermarkBlocks = Int(watermark * Double(limits.kvBlockCount))
    return (limits, rules)
  }

  private static let watermarks = Bounds(lower: 0, upper: 1, excludesUpper: true)

  private func limits(_ settings: EngineSettings, chunksPrefill: Bool) throws -> EngineLimits {
    let rows = try settings["max_num_seqs"]?.int(in: 1...65_536) ?? Defaults.maxNumSeqs
    let utilization =
      try settings["gpu_memory_utilization"]?.double(.positiveFraction)
      ?? Defaults.gpuMemoryUtilization
    let blockSize = try settings["block_size"]?.int(in: 1...4096) ?? Defaults.blockSize
    let longestValue = settings["max_model_len"]
    let longest = try longestValue?.int(in: 1...replica.model.maxContextTokens)
    let blocks = try blockCount(settings["num_gpu_blocks"], utilization: utilization) {
      try replica.kvBlockCount(
        tokensPerBlock: blockSize, memoryUtilization: utilization, rowLimit: rows,
        longestSequence: longest)
    }
    let capacity = blocks * blockSize
    if let longest, let longestValue, longest > capacity {
      throw longestValue.isNot("at most \(capacity), the tokens that the KV cache holds")
    }
    let maxModelTokens = longest ?? min(replica.model.maxContextTokens, capacity)
    let budget = try tokenBudget(
      settings["max_num_batched_tokens"], rows: rows,
      wholePrompt: chunksPrefill ? nil : maxModelTokens)
    let limits = EngineLimits(
      batchRowLimit: rows, iterationTokenBudget: budget, tokensPerBlock: blockSize,
      kvBlockCount: blocks, maxModelTokens: maxModelTokens)
    try checkLongestIteration(limits)
    return limits
  }

  private func checkLongestIteration(_ limits: EngineLimits) throws {
    let longest = limits.longestIteration(on: replica).seconds
    let most = EngineLimits.mostIterationTime.seconds
    guard longest > most else { return }
    throw pool.error(
      "an iteration of max_num_batched_tokens, \(limits.iterationTokenBudget), beside "
        + "max_num_seqs, \(limits.batchRowLimit), sequences of max_model_len, "
        + "\(limits.maxModelTokens), tokens takes \(NumberText.of(longest.rounded())) s",
      expected: "limits under which none takes more than \(NumberText.of(most.rounded())) s")
  }

  /// `wholePrompt` is the longest prompt that one iteration must be able to compute, if any.
  private func tokenBudget(_ value: YAMLValue?, rows: Int, wholePrompt: Int?) throws -> Int {
    guard let value else { return max(Defaults.maxNumBatchedTokens, rows, wholePrompt ?? 0) }
    let budget = try value.int(in: 1...10_000_000)
    guard budget >= rows else { throw value.isNot("at least max_num_seqs, \(rows)") }
    if let wholePrompt, budget < wholePrompt {
      throw value.isNot(
        "at least max_model_len, \(wholePrompt), where enable_chunked_prefill is false")
    }
    return budget
  }

  private func blockCount(
    _ value: YAMLValue?, utilization: Double, fitting count: () throws -> Int
  ) throws -> Int {
    do {
      let fitting = try count()
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
        \(Self.gibibytes(required)) GiB of each GPU, which has \(Self.gibibytes(available)) at \
        gpu_memory_utilization \(NumberText.of(utilization))
        """,
        expected: smallest.map { "tensor_parallel_size \($0) or more" }
          ?? "a smaller model: none up to tensor_parallel_size \(largest) fits")
    }
  }

  private static func gibibytes(_ value: Double) -> String {
    NumberText.of((value * 10).rounded() / 10)
  }
}
