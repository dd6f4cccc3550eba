internal import DeviceModels
internal import NumericalMethods
internal import Scenarios

/// A stretch of time with known utilisation: what the power model turns into watts.
private struct PowerSlice {
  enum Kind { case kernel, communication, sampling, gap }
  let kind: Kind
  let seconds: Double
  let bandwidth: Double
  let compute: Double
}

/// Fits power to mean power in closed loop, given how the time divides.
///
/// The fits take the iteration's length as measured, so that errors of the time model do not bend
/// the powers: what kernels and sampling leave of it is gaps.
struct PowerFit {
  let gpu: GPUSheet
  /// Kernels and engine fitted; the free powers are overwritten.
  let parameters: DeviceParameters
  let settings: DeviceFitSettings

  /// How the length of an iteration is known.
  enum Duty {
    /// From the engine model: what a simulation would say.
    case modelled
    case measured
  }

  /// The mean power of one measurement as a function of the power parameters.
  private struct Row {
    let slices: [PowerSlice]
    let seconds: Double
    let sampler: Sampler

    func watts(_ power: PowerParameters) -> Double {
      var joules = 0.0
      for slice in slices {
        let watts =
          switch slice.kind {
          case .kernel:
            power.kernelPower(
              bandwidthUtilization: slice.bandwidth, computeUtilization: slice.compute)
          case .communication: power.communicationPower
          case .sampling: power.samplingPower(of: sampler)
          case .gap: power.gapPower
          }
        joules += slice.seconds * watts
      }
      return joules / seconds
    }
  }

  private func row(_ measurement: ServingMeasurement, _ duty: Duty) throws -> Row {
    let replica = try ReplicaMemo.shared.replica(
      gpu, measurement.model, measurement.layout, parameters)
    let state = SteadyState(measurement, on: replica)
    var slices: [PowerSlice] = []
    for mix in state.mixes {
      let estimate = mix.estimate
      for phase in [estimate.linear, estimate.decodeAttention, estimate.prefillAttention] {
        slices.append(
          PowerSlice(
            kind: .kernel, seconds: mix.share * phase.seconds,
            bandwidth: phase.bandwidthUtilization, compute: phase.computeUtilization))
      }
      slices.append(
        PowerSlice(
          kind: .communication, seconds: mix.share * estimate.communication.seconds,
          bandwidth: 0, compute: 0))
    }
    let kernels = slices.reduce(0) { $0 + $1.seconds }
    let rest = rest(measurement, duty, state, kernels: kernels)
    for (kind, seconds) in rest {
      slices.append(PowerSlice(kind: kind, seconds: seconds, bandwidth: 0, compute: 0))
    }
    return Row(
      slices: slices, seconds: kernels + rest.reduce(0) { $0 + $1.seconds },
      sampler: measurement.model.sampler)
  }

  /// How what kernels leave of an iteration divides: sampling as modelled, gaps for the remainder.
  private func rest(
    _ measurement: ServingMeasurement, _ duty: Duty, _ state: SteadyState, kernels: Double
  ) -> [(kind: PowerSlice.Kind, seconds: Double)] {
    let sampling = state.mean { $0.estimate.sampling.seconds }
    let whole =
      duty == .modelled
      ? sampling + state.mean { $0.estimate.gap.seconds }
      : max(0, measurement.iterationSeconds - kernels)
    // The older engine's sampler is not modelled: it counts among the gaps.
    let sampled = Self.samplingSets.contains(measurement.set) ? min(sampling, whole) : 0
    return [(.sampling, sampled), (.gap, whole - sampled)]
  }

  /// Sets whose engine the engine model describes.
  private static let samplingSets: Set<String> = ["mlenergy-v3", "frontenac"]

  func fit(
    _ measurements: [ServingMeasurement], _ paths: [WritableKeyPath<PowerParameters, Double>]
  ) throws -> (power: PowerParameters, fit: PositiveFit) {
    precondition(!paths.isEmpty, "nothing to fit")
    let rows = try measurements.map { try row($0, .measured) }
    var power = parameters.power
    let fit = try PositiveFit(
      start: paths.map { max(power[keyPath: $0], 1) }, measured: measurements.map(\.wattsPerGPU),
      weights: weights(measurements), lossScale: settings.lossScale
    ) { values, output in
      set(&power, paths, values)
      for i in output.indices { output[i] = rows[i].watts(power) }
    }
    set(&power, paths, fit.parameters)
    return (power, fit)
  }

  private func set(
    _ power: inout PowerParameters, _ paths: [WritableKeyPath<PowerParameters, Double>],
    _ values: [Double]
  ) {
    for (path, value) in zip(paths, values) { power[keyPath: path] = value }
  }

  /// Mean power of one GPU in each measurement.
  func watts(
    _ measurements: [ServingMeasurement], _ duty: Duty, _ power: PowerParameters
  ) throws -> [Double] {
    try measurements.map { try row($0, duty).watts(power) }
  }

  /// GPU energy per output token, nothing of it as measured.
  func joulesPerToken(
    _ measurements: [ServingMeasurement], _ power: PowerParameters
  ) throws -> [Double] {
    try measurements.map { measurement in
      let row = try row(measurement, .modelled)
      return row.watts(power) * row.seconds * Double(measurement.tensorParallelDegree)
        / measurement.batchRows
    }
  }

  /// Where two generations of engine are fitted together, the older one counts less in sum.
  private func weights(_ measurements: [ServingMeasurement]) -> [Double] {
    let older = measurements.count { $0.set == "mlenergy-v2" }
    let newer = measurements.count - older
    guard older > 0, newer > 0 else { return measurements.map { _ in 1 } }
    let weight = settings.olderEngineWeight * Double(newer) / Double(older)
    return measurements.map { $0.set == "mlenergy-v2" ? weight : 1 }
  }
}

/// Fits the power of kernels to the board power of kernel benchmarks.
struct KernelPowerFit {
  let settings: DeviceFitSettings

  func fit(
    _ samples: KernelSamples, from power: PowerParameters,
    _ paths: [WritableKeyPath<PowerParameters, Double>]
  ) throws -> (power: PowerParameters, fit: PositiveFit) {
    var rows = KernelSamples()
    for i in samples.seconds.indices
    where samples.seconds[i] >= settings.kernelLimits.leastPowerLatency && samples.watts[i] > 0 {
      rows.append(samples.first[i], samples.second[i], samples.seconds[i], samples.watts[i])
    }
    rows = rows.thinned(to: settings.kernelLimits.mostRows)
    var power = power
    let fit = try PositiveFit(
      start: paths.map { max(power[keyPath: $0], 1) }, measured: rows.watts,
      lossScale: settings.lossScale
    ) { values, output in
      for (path, value) in zip(paths, values) { power[keyPath: path] = value }
      for i in output.indices {
        output[i] = power.kernelPower(
          bandwidthUtilization: rows.second[i] / rows.seconds[i],
          computeUtilization: rows.first[i] / rows.seconds[i])
      }
    }
    for (path, value) in zip(paths, fit.parameters) { power[keyPath: path] = value }
    return (power, fit)
  }
}
