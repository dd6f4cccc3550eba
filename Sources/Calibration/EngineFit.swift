internal import DeviceModels
internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Which of the engine's numbers a GPU's measurements can tell; the others stay as given.
struct EngineFreedom {
  let paths: [WritableKeyPath<EngineParameters, Double>]
  let start: [Double]
  /// Whether median times count beside mean ones: a host that stalls makes them differ, and no
  /// iteration of the model's does.
  var countsMedians = false

  /// Layers and sampler: several models of different depth and vocabulary; and how alike rows of
  /// narrow traffic choose their experts.
  static var layerSamplerAndTraffic: EngineFreedom {
    EngineFreedom(
      paths: [\.timePerLayer, \.timePerLogit, \.narrowRowShare], start: [2e-5, 4e-10, 0.5])
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
  /// Models of four-bit experts that are served without top-p: their sampler, their layers and,
  /// where a host handles rows beside the GPU, their rows.
  static func fourBitExperts(hostRows: Bool) -> EngineFreedom {
    EngineFreedom(
      paths: [\.timePerLogitWithoutSort, \.timePerFourBitExpertLayer]
        + (hostRows ? [\.rowScaleWithoutSort] : []),
      start: [2e-10, 5e-5] + (hostRows ? [0.8] : []))
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
      /// For each of the row's `narrowRowShares`.
      let kernelSeconds: [Double]
      /// Of which routed experts without quantisation.
      let expertSeconds: [Double]
    }

    /// Shares of rows that choose experts of their own for which kernels are known, falling.
    let narrowRowShares: [Double]

    /// Shares sum to 1.
    let parts: [Part]
    /// Seconds that a row more for each eight-bit expert takes.
    let expertRowSeconds: Double
    let measurement: ServingMeasurement

    /// Of the first of the shares.
    var kernelSeconds: Double { parts.reduce(0) { $0 + $1.share * $1.kernelSeconds[0] } }

    /// Between which of the shares `engine` has its own, and how far from the first to the second.
    private func place(_ engine: EngineParameters) -> (index: Int, fraction: Double) {
      let share = engine.narrowRowShare
      guard narrowRowShares.count > 1, share < narrowRowShares[0] else { return (0, 0) }
      let next = narrowRowShares.indices.dropFirst().first { narrowRowShares[$0] <= share }
      guard let next else { return (narrowRowShares.count - 1, 0) }
      let (from, to) = (narrowRowShares[next - 1], narrowRowShares[next])
      return (next - 1, log(from / share) / log(from / to))
    }

    func seconds(_ engine: EngineParameters) -> Double {
      let model = measurement.model
      let sampler = model.sampler
      let (index, fraction) = place(engine)
      func at(_ values: [Double]) -> Double {
        fraction == 0
          ? values[index] : values[index] + fraction * (values[index + 1] - values[index])
      }
      return parts.reduce(0) { sum, part in
        let busy =
          engine.kernelScale
          * (at(part.kernelSeconds) + (engine.expertScale - 1) * at(part.expertSeconds)
            + engine.quantizedExpertPadding * expertRowSeconds)
          + engine.gapSeconds(rows: part.rows, model: model, sampler: sampler)
          + engine.samplingSeconds(rows: part.rows, model: model, sampler: sampler)
        return sum
          + part.share * engine.seconds(rows: part.rows, busy: busy, sampler: sampler)
      }
    }
  }

  /// Kernels as their benchmarks have them, but for the experts' scale and who reaches them.
  private func bareParameters(expertScale: Double, narrowRowShare: Double) -> DeviceParameters {
    var bare = parameters
    bare.engine.kernelScale = 1
    bare.engine.quantizedExpertPadding = 0
    bare.engine.expertScale = expertScale
    bare.engine.narrowRowShare = narrowRowShare
    return bare
  }

  /// Shares at which kernels are tabulated while the share is free; in between, lines over its
  /// logarithm. Four an octave, down to a sixteenth.
  private static let freeShares = (0...16).map { pow(2, -Double($0) / 4) }

  /// The row's kernels, for each of the shares where the measurement's traffic is narrow.
  private func row(
    _ measurement: ServingMeasurement, median: Bool = false, narrowRowShares: [Double]
  ) throws -> Row {
    let isNarrow = measurement.isNarrow && measurement.model.experts != nil
    let shares = isNarrow ? narrowRowShares : [1]
    func mixes(_ share: Double, expertScale: Double) throws -> [SteadyState.Mix] {
      let state = SteadyState(
        measurement,
        on: try ReplicaMemo.shared.replica(
          gpu, measurement.model, measurement.layout,
          bareParameters(expertScale: expertScale, narrowRowShare: share)))
      return median ? [state.median] : state.mixes
    }
    let plain = try shares.map { try mixes($0, expertScale: 1) }
    let doubled = try shares.map { try mixes($0, expertScale: 2) }
    let sum = plain[0].reduce(0) { $0 + $1.share }
    let padding = try ReplicaMemo.shared.replica(
      gpu, measurement.model, measurement.layout,
      bareParameters(expertScale: 1, narrowRowShare: shares[0])
    ).eightBitExpertRowSeconds
    return Row(
      narrowRowShares: shares,
      parts: plain[0].indices.map { i in
        let seconds = plain.map { $0[i].estimate.kernelSeconds }
        return Row.Part(
          share: plain[0][i].share / sum, rows: plain[0][i].rows, kernelSeconds: seconds,
          expertSeconds: zip(doubled, seconds).map { $0[i].estimate.kernelSeconds - $1 })
      },
      expertRowSeconds: padding, measurement: measurement)
  }

  func fit(
    _ measurements: [ServingMeasurement], _ freedom: EngineFreedom
  ) throws -> (engine: EngineParameters, fit: PositiveFit) {
    let shares =
      freedom.paths.contains(\.narrowRowShare)
      ? Self.freeShares : [parameters.engine.narrowRowShare]
    var rows = try measurements.map { try row($0, narrowRowShares: shares) }
    var measured = measurements.map(\.iterationSeconds)
    if freedom.countsMedians {
      for measurement in measurements {
        guard let median = measurement.medianInterTokenLatency else { continue }
        rows.append(try row(measurement, median: true, narrowRowShares: shares))
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
    engine.narrowRowShare = min(1, engine.narrowRowShare)
    return (engine, fit)
  }

  /// Mean iteration times under `engine`.
  func iterationSeconds(
    _ measurements: [ServingMeasurement], _ engine: EngineParameters
  ) throws -> [Double] {
    let shares = [engine.narrowRowShare]
    return try measurements.map { try row($0, narrowRowShares: shares).seconds(engine) }
  }

  /// Times of the median iteration: the model's median inter-token latency.
  func medianSeconds(
    _ measurements: [ServingMeasurement], _ engine: EngineParameters
  ) throws -> [Double] {
    let shares = [engine.narrowRowShare]
    return try measurements.map {
      try row($0, median: true, narrowRowShares: shares).seconds(engine)
    }
  }

  /// The kernels alone, without the engine: a rival.
  func kernelSeconds(_ measurements: [ServingMeasurement]) throws -> [Double] {
    let shares = [parameters.engine.narrowRowShare]
    return try measurements.map { try row($0, narrowRowShares: shares).kernelSeconds }
  }
}
