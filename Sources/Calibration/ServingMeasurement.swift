internal import DeviceModels

/// A replica in steady state under a fixed number of requests in flight, as somebody measured it.
struct ServingMeasurement {
  /// Which publication: `mlenergy-v3`, `mlenergy-v2`, `frontenac`.
  let set: String
  let model: ModelSheet
  let tensorParallelDegree: Int
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

  /// GPU energy per output token, J.
  var joulesPerToken: Double {
    wattsPerGPU * Double(tensorParallelDegree) * iterationSeconds / batchRows
  }
}
