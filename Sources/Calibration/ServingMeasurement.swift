internal import DeviceModels

/// A replica in steady state under a fixed number of requests in flight, as somebody measured it.
struct ServingMeasurement {
  /// Which publication: `mlenergy-v3`, `mlenergy-v2`, `frontenac`.
  let set: String
  let model: ModelSheet
  let tensorParallelDegree: Int
  /// Whether each GPU held whole experts.
  var distributesExperts = false
  /// Whether tokens were drawn by top-p or top-k.
  var sampler = Sampler.sorted
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

  var layout: ReplicaLayout {
    ReplicaLayout(
      tensorParallelDegree: tensorParallelDegree, distributesExperts: distributesExperts,
      sampler: sampler)
  }

  /// GPU energy per output token, J.
  var joulesPerToken: Double {
    wattsPerGPU * Double(tensorParallelDegree) * iterationSeconds / batchRows
  }
}
