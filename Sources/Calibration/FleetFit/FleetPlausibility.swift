internal import DeviceModels
internal import Scenarios

/// Refuses a fit whose numbers no GPU of the kind named could have: it is another GPU or model, or
/// power and requests are of different runs.
struct FleetPlausibility {
  let gpu: GPUSheet
  let fit: FleetFit
  let settings: FleetFitSettings
  /// What a refusal names.
  let place: String

  func check(_ windows: [ServingWindow]) throws {
    try checkMeasuredPower(windows)
    try checkNumbers()
    try checkTimes(windows)
  }

  private func refusal(_ problem: String) -> InputError {
    InputError(
      file: place, problem: problem,
      expectation: "logs of \(gpu.title) and its models; --gpu, --model and --tensor-parallel say "
        + "what the logs leave out")
  }

  private func checkMeasuredPower(_ windows: [ServingWindow]) throws {
    let limit = gpu.thermalDesignPower
    for window in windows {
      guard let watts = window.wattsPerGPU, watts > settings.largestLimitShare * limit else {
        continue
      }
      throw refusal(
        "one GPU draws \(Int(watts.rounded())) W in \(window.run), and the board limit of "
          + "\(gpu.name) is \(Int(limit.rounded())) W")
    }
  }

  private func checkNumbers() throws {
    let power = fit.parameters.power
    if fit.number("gap") != nil, power.gapPower > power.powerCap {
      throw refusal(
        "gap power comes to \(Int(power.gapPower.rounded())) W, above the board limit of "
          + "\(gpu.name)")
    }
    let scale = fit.parameters.engine.kernelScale
    let most = settings.largestKernelScale
    if fit.number("kernel_scale") != nil, scale > most || scale < 1 / most {
      throw refusal(
        "kernel_scale comes to \(FiveDigits.text(scale)): these are not the kernels of \(gpu.name)")
    }
  }

  private func checkTimes(_ windows: [ServingWindow]) throws {
    guard !windows.isEmpty else { return }
    let times = FleetFit.times(windows)
    let errors = zip(try times.predict(fit.parameters), times.measured).map { abs($0 / $1 - 1) }
    let mean = errors.reduce(0, +) / Double(errors.count)
    guard mean > settings.largestMisfit else { return }
    throw refusal(
      "times between tokens are off by \(FiveDigits.percent(mean)) % in the mean even when fitted")
  }
}
