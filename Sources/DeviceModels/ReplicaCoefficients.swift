/// Time of a matrix product as √((F·m)² + (B₀ + B₁·m)²), m being its rows, without its latency:
/// arithmetic and memory traffic overlap, the slower one dominates.
struct MatrixProduct: Sendable {
  /// Seconds of arithmetic per row.
  var computePerRow: Double
  /// Seconds to read the weights.
  var weights: Double
  /// Seconds to read and write one row of activations.
  var activationsPerRow: Double

  @inline(__always)
  func seconds(rows: Double) -> Double {
    let compute = computePerRow * rows
    let memory = weights + activationsPerRow * rows
    return (compute * compute + memory * memory).squareRoot()
  }
}

/// Arithmetic and memory traffic of a phase at the GPU's peaks: seconds that each would take.
/// Divided by the time that the phase does take, they are its utilisation.
struct PeakWork: Sendable {
  var compute: Double
  var memory: Double
}

/// What one (GPU, model, layout) makes of a shape: seconds per unit of work with layers,
/// efficiencies and the engine's scale multiplied in, so that an iteration costs a handful of
/// multiplications. All of one GPU.
struct ReplicaCoefficients: Sendable {
  /// The four products of a layer (QKV, output, gate and up, down), times the layers.
  var queryKeyValue, attentionOutput, gateAndUp, down: MatrixProduct
  /// The output projection, on the rows that sample.
  var languageModelHead: MatrixProduct
  var linearLatency: Double
  /// Norms, rotations, activations, residuals: memory traffic only.
  var elementwisePerToken: Double
  var linearWeights: PeakWork
  var linearPerToken: PeakWork
  var linearPerSample: PeakWork

  var decodeLatency: Double
  var decodePerRow: Double
  var decodePerContextToken: Double
  var decodePeakPerContextToken: PeakWork

  var prefillLatency: Double
  var prefillPerPair: Double
  var prefillPerToken: Double
  var prefillPeakPerPair: PeakWork
  var prefillPeakPerToken: PeakWork

  var communicationLatency: Double
  var communicationPerToken: Double

  var samplingPerRow: Double
  var gapPerIteration: Double
  var gapPerRow: Double
}
