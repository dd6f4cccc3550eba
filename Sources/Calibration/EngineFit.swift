internal import DeviceModels
internal import NumericalMethods

/// Which of the engine's numbers a GPU's measurements can tell; the others stay as given.
struct EngineFreedom {
  let paths: [WritableKeyPath<EngineParameters, Double>]
  let start: [Double]
  /// Whether median times count beside mean ones: a host that stalls makes them differ, and no
  /// iteration of the model's does.
  var countsMedians = false

  /// Layers and sampler: several models of different depth and vocabulary.
  static var layerAndSampler: EngineFreedom {
    EngineFreedom(paths: [\.timePerLayer, \.timePerLogit], start: [2e-5, 4e-10])
  }
  /// Layers, sampler, rows in bulk, and experts: for a GPU that outruns its host, under an engine
  /// whose kernels of experts take longer than those of the tables.
  static var layerSamplerHostRowsAndExperts: EngineFreedom {
    EngineFreedom(
      paths: [
        \.timePerLayer, \.timePerLogit, \.timePerRow, \.rowExponent, \.expertScale,
      ],
      start: [3e-5, 2e-10, 3e-4, 0.75, 1.2], countsMedians: true)
  }
  /// The sampler of models that are served without top-p.
  static var unsortedSampler: EngineFreedom {
    EngineFreedom(paths: [\.timePerLogitWithoutSort], start: [2e-10])
  }
  /// What layers of eight-bit experts take beyond their kernels.
  static var quantizedExperts: EngineFreedom {
    EngineFreedom(paths: [\.quantizedExpertPadding], start: [100])
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

  /// Kernels of a measurement's iterations, which no engine parameter changes.
  private struct Row {
    struct Part {
      let share: Double
      let rows: Double
      let kernelSeconds: Double
      /// Of which routed experts without quantisation.
      let expertSeconds: Double
    }

    /// Shares sum to 1.
    let parts: [Part]
    /// Seconds that a row more for each eight-bit expert takes.
    let expertRowSeconds: Double
    let measurement: ServingMeasurement

    var kernelSeconds: Double { parts.reduce(0) { $0 + $1.share * $1.kernelSeconds } }

    func seconds(_ engine: EngineParameters) -> Double {
      let model = measurement.model
      return parts.reduce(0) { sum, part in
        let busy =
          engine.kernelScale
          * (part.kernelSeconds + (engine.expertScale - 1) * part.expertSeconds
            + engine.quantizedExpertPadding * expertRowSeconds)
          + engine.gapSeconds(rows: part.rows, model: model)
          + engine.samplingSeconds(rows: part.rows, model: model, sampler: model.sampler)
        return sum + part.share * engine.seconds(rows: part.rows, busy: busy)
      }
    }
  }

  /// Kernels as their benchmarks have them, but for the experts' scale.
  private func bareParameters(expertScale: Double) -> DeviceParameters {
    var bare = parameters
    bare.engine.kernelScale = 1
    bare.engine.quantizedExpertPadding = 0
    bare.engine.expertScale = expertScale
    return bare
  }

  private func row(_ measurement: ServingMeasurement, median: Bool = false) throws -> Row {
    let replica = try ReplicaMemo.shared.replica(
      gpu, measurement.model, measurement.layout, bareParameters(expertScale: 1))
    func mixes(_ replica: RooflineReplicaModel) -> [SteadyState.Mix] {
      let state = SteadyState(measurement, on: replica)
      return median ? [state.median] : state.mixes
    }
    let plain = mixes(replica)
    let doubled = try mixes(replica.with(bareParameters(expertScale: 2)))
    let sum = plain.reduce(0) { $0 + $1.share }
    return Row(
      parts: zip(plain, doubled).map { one, other in
        let seconds = one.estimate.kernelSeconds
        return Row.Part(
          share: one.share / sum, rows: one.rows, kernelSeconds: seconds,
          expertSeconds: other.estimate.kernelSeconds - seconds)
      },
      expertRowSeconds: replica.eightBitExpertRowSeconds, measurement: measurement)
  }

  func fit(
    _ measurements: [ServingMeasurement], _ freedom: EngineFreedom
  ) throws -> (engine: EngineParameters, fit: PositiveFit) {
    var rows = try measurements.map { try row($0) }
    var measured = measurements.map(\.iterationSeconds)
    if freedom.countsMedians {
      for measurement in measurements {
        guard let median = measurement.medianInterTokenLatency else { continue }
        rows.append(try row(measurement, median: true))
        measured.append(median)
      }
    }
    var engine = parameters.engine
    let fit = try PositiveFit(
      start: freedom.start, measured: measured, lossScale: lossScale
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
