internal import DeviceModels
internal import NumericalMethods

/// Which of the engine's four numbers a GPU's measurements can tell; the others stay as given.
struct EngineFreedom {
  let paths: [WritableKeyPath<EngineParameters, Double>]
  let start: [Double]

  /// Scale, fixed time and sampler: several models with vocabularies of different size.
  static var scaleAndSampler: EngineFreedom {
    EngineFreedom(
      paths: [\.kernelScale, \.timePerIteration, \.timePerLogit], start: [1, 1e-3, 4e-10])
  }
  /// One small model whose rows cost nothing measurable beside the kernels.
  static var fixed: EngineFreedom {
    EngineFreedom(paths: [\.timePerIteration], start: [5e-4])
  }
  /// One small model: what a row costs beside the kernels, whatever the cause.
  static var fixedAndRow: EngineFreedom {
    EngineFreedom(paths: [\.timePerIteration, \.timePerRow], start: [5e-4, 1e-5])
  }
}

/// Fits the engine's overhead to mean iteration times in closed loop.
struct EngineFit {
  let gpu: GPUSheet
  /// Kernels fitted; the engine's free numbers are overwritten.
  let parameters: DeviceParameters
  let lossScale: Double

  /// Kernel sums of a measurement, which no engine parameter changes.
  private struct Row {
    let kernelSeconds: Double
    let rows: Double
    let vocabulary: Double

    func seconds(_ engine: EngineParameters) -> Double {
      engine.kernelScale * kernelSeconds + engine.timePerIteration
        + rows * (engine.timePerRow + engine.timePerLogit * vocabulary)
    }
  }

  private func bareParameters() -> DeviceParameters {
    var bare = parameters
    bare.engine.kernelScale = 1
    return bare
  }

  private func row(_ measurement: ServingMeasurement, median: Bool = false) throws -> Row {
    let replica = try RooflineReplicaModel(
      gpu: gpu, model: measurement.model,
      layout: ReplicaLayout(tensorParallelDegree: measurement.tensorParallelDegree),
      parameters: bareParameters())
    let state = SteadyState(measurement, on: replica)
    let vocabulary = Double(measurement.model.vocabularySize)
    if median {
      let mix = state.median
      return Row(
        kernelSeconds: mix.estimate.kernelSeconds, rows: mix.rows, vocabulary: vocabulary)
    }
    return Row(
      kernelSeconds: state.mean { $0.estimate.kernelSeconds }, rows: state.mean(\.rows),
      vocabulary: vocabulary)
  }

  func fit(
    _ measurements: [ServingMeasurement], _ freedom: EngineFreedom
  ) throws -> (engine: EngineParameters, fit: PositiveFit) {
    let rows = try measurements.map { try row($0) }
    var engine = parameters.engine
    let fit = try PositiveFit(
      start: freedom.start, measured: measurements.map(\.iterationSeconds), lossScale: lossScale
    ) { values, output in
      for (path, value) in zip(freedom.paths, values) { engine[keyPath: path] = value }
      for i in output.indices { output[i] = rows[i].seconds(engine) }
    }
    for (path, value) in zip(freedom.paths, fit.parameters) { engine[keyPath: path] = value }
    return (engine, fit)
  }

  /// Mean iteration times under `engine`.
  func iterationSeconds(
    _ measurements: [ServingMeasurement], _ engine: EngineParameters
  ) throws -> [Double] {
    try measurements.map { try row($0).seconds(engine) }
  }

  /// Times of the median iteration: the model's median inter-token latency.
  func medianSeconds(
    _ measurements: [ServingMeasurement], _ engine: EngineParameters
  ) throws -> [Double] {
    try measurements.map { try row($0, median: true).seconds(engine) }
  }

  /// The kernels alone, without the engine: a rival.
  func kernelSeconds(_ measurements: [ServingMeasurement]) throws -> [Double] {
    try measurements.map { try row($0).kernelSeconds }
  }
}
