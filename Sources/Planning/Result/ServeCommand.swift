internal import DeviceModels
internal import FleetEngine
internal import Scenarios

/// A pool as somebody would start it.
enum ServeCommand {
  /// `vllm serve …`, with what the simulation took for granted spelled out.
  static func text(_ pool: PoolSpecification) -> String {
    let names = [pool.replica.model.title] + pool.replica.model.aliases
    let model = names.first { $0.contains("/") } ?? pool.modelName
    var words = ["vllm serve \(model)"]
    if pool.gpusPerReplica > 1 { words.append("--tensor-parallel-size \(pool.gpusPerReplica)") }
    words += [
      "--max-num-seqs \(pool.limits.batchRowLimit)",
      "--max-num-batched-tokens \(pool.limits.iterationTokenBudget)",
      "--max-model-len \(pool.limits.maxModelTokens)",
      "--block-size \(pool.limits.tokensPerBlock)",
      pool.rules.chunksPrefill ? "--enable-chunked-prefill" : "--no-enable-chunked-prefill",
      pool.rules.cachesPrefixes ? "--enable-prefix-caching" : "--no-enable-prefix-caching",
    ]
    if pool.rules.order == .priority { words.append("--scheduling-policy priority") }
    return words.joined(separator: " ")
  }
}
