internal import DeviceModels

/// A replica in steady state under a fixed number of requests in flight, as somebody measured it.
struct ServingMeasurement {
  /// Which publication: `mlenergy-v3`, `mlenergy-v2`, `frontenac`.
  let set: String
  /// What was asked, as the publication names it; empty where it does not.
  var task = ""
  /// Requests in flight; 0 where only the mean batch was published.
  var concurrency = 0
  let model: ModelSheet
  let tensorParallelDegree: Int
  /// Whether each GPU held whole experts.
  var distributesExperts = false
  /// Whether its rows were of one subject and chose their experts alike.
  var isNarrow = false
  /// Whether the host held the GPU back by a time that has nothing to do with the load: iterations
  /// of one length from 8 to 64 rows, one in ten of them half as long again though hardly any
  /// holds a prompt.
  var isHostStarved = false
  /// Mean sequences in a decode iteration.
  let batchRows: Double
  let promptTokens: Double
  let outputTokens: Double
  /// Mean time of an iteration: batch over output throughput.
  let iterationSeconds: Double
  /// Median gap between tokens, s; nil where it was not published.
  let medianInterTokenLatency: Double?
  /// Mean power of one GPU.
  let wattsPerGPU: Double
  /// The loop's ages and prompts, where the publication tells how long its outputs were.
  var loop: ClosedLoop?

  /// Tokens that a decoding row attends to, mean over rows and time.
  var meanContextTokens: Double { promptTokens + (loop?.meanAge ?? outputTokens / 2) }

  /// Prompts that begin in one iteration, mean.
  var promptsPerIteration: Double {
    loop?.promptsPerIteration ?? batchRows / outputTokens
  }

  var layout: ReplicaLayout {
    ReplicaLayout(
      tensorParallelDegree: tensorParallelDegree, distributesExperts: distributesExperts,
      expertTraffic: isNarrow ? .narrow : .mixed)
  }

  /// GPU energy per output token, J.
  var joulesPerToken: Double {
    wattsPerGPU * Double(tensorParallelDegree) * iterationSeconds / batchRows
  }

  /// Whether its batch, each row half way through its output, is more than fits into the KV cache:
  /// then cache, lengths or batch are not what they are taken for, and batch over throughput is no
  /// iteration time. False where the publication tells no more than the batch.
  func overflowsCache(
    of gpu: GPUSheet, _ parameters: DeviceParameters, under defaults: EngineDefaults
  ) throws -> Bool {
    guard concurrency > 0 else { return false }
    return try ReplicaMemo.shared.replica(gpu, model, layout, parameters)
      .overflows(
        rows: batchRows, contextTokens: promptTokens + outputTokens / 2, under: defaults)
  }
}

/// What the published engines were left at: nobody says otherwise of any run.
struct EngineDefaults: Sendable {
  /// Tokens in a block of the KV cache (`block_size`).
  let tokensPerBlock: Int
  /// Share of the GPU's memory that the engine takes (`gpu_memory_utilization`).
  let memoryUtilization: Double
}

extension RooflineReplicaModel {
  /// Whether so many rows of this mean context are more than the KV cache holds.
  func overflows(
    rows: Double, contextTokens: Double, under defaults: EngineDefaults
  ) throws -> Bool {
    let blocks = try kvBlockCount(
      tokensPerBlock: defaults.tokensPerBlock, memoryUtilization: defaults.memoryUtilization,
      rowLimit: Int(rows.rounded(.up)), longestSequence: nil)
    return rows * contextTokens > Double(blocks * defaults.tokensPerBlock)
  }
}
