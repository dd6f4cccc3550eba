internal import DeviceModels
internal import Scenarios

/// Power and the calibrated range.
extension DeviceFitting {
  mutating func power(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    try assumePower(plan, &fit)
    switch plan.power {
    case .borrowed(let other, let reason):
      fit.borrow("power", from: try done(other), because: reason)
    case .serving(let sets, let free, _, let source):
      let rows = try sets.flatMap(serving)
      powerRows[fit.gpu.name] = rows
      guard !free.isEmpty else { return }
      let fitter = PowerFit(
        gpu: try sets.first.map { try host($0, fit.gpu) } ?? fit.gpu, parameters: fit.parameters,
        settings: settings)
      let result = try fitter.fit(rows, modelled: Self.modelledSets(fit.gpu.name), free)
      take(&fit, result, free, source)
    case .kernels(let free, let source, let sets):
      guard case .tables(let folder, let version) = plan.kernels else { return }
      powerRows[fit.gpu.name] = try sets.flatMap(serving)
      let samples = try measurements(fit.gpu, folder, version).matrixProducts()
      let result = try KernelPowerFit(settings: settings).fit(
        samples, from: fit.parameters.power, free)
      take(&fit, result, free, source)
      kernelErrors.append(
        (fit.gpu.name, "power of matrix products", ErrorSummary(result.fit.errors)))
    }
  }

  /// Sets whose iteration times the engine model describes; for others the gaps are as measured.
  static func modelledSets(_ gpu: String) -> Set<String> {
    ["mlenergy-v3", "frontenac"]
  }

  private func take(
    _ fit: inout GPUFit, _ result: (power: PowerParameters, fit: PositiveFit),
    _ free: [WritableKeyPath<PowerParameters, Double>], _ source: String
  ) {
    fit.parameters.power = result.power
    let assumed = fit.notes["power"]
    var note = SectionNote(source: source, rowCount: result.fit.errors.count)
    note.addErrors(
      of: result.fit, to: GPUFit.entries("power"),
      at: free.map { (\DeviceParameters.power).appending(path: $0) })
    for entry in GPUFit.entries("power") where note.standardErrors[entry.key] == nil {
      note.sources[entry.key] = assumed?.sources[entry.key] ?? assumed?.source
    }
    fit.notes["power"] = note
  }

  /// What the rows behind the engine's and the power's numbers cover; contexts also as far as
  /// the chip's own kernel tables go.
  func range(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    let rows = (engineRows[fit.gpu.name] ?? []) + (powerRows[fit.gpu.name] ?? [])
    let longest = Int(settings.kernelLimits.mostTokens)
    if case .borrowed(let other, _) = plan.engine {
      fit.parameters.calibratedRange = try done(other).parameters.calibratedRange
    } else {
      fit.parameters.calibratedRange = CalibratedRange(rows, longestPrompt: longest)
    }
    let hasTables = fit.notes["decode_attention"]?.rowCount != nil
    guard hasTables || Self.chip(fit.gpu) == "a100" else { return }
    fit.parameters.calibratedRange.contextTokensPerRow = 1...longest
  }

  private static func chip(_ gpu: GPUSheet) -> String {
    String(gpu.name.prefix { $0 != "-" })
  }

  /// Powers before any fit: measured idle where there is one, the reference GPU's by board limit
  /// for the rest. A kernel that uses nothing draws what idling does.
  private func assumePower(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    let limit = fit.gpu.thermalDesignPower
    let isReference = fit.gpu.name == DeviceFitPlan.referenceGPU
    var power = fit.parameters.power
    var note = SectionNote(source: "")
    if case .serving(_, _, .some(let sameChip), _) = plan.power {
      power = try done(sameChip).parameters.power
      note.source = "borrowed from \(sameChip): the same chip"
    } else if !isReference {
      power = try scaledReferencePower(limit)
      note.source = "borrowed from \(DeviceFitPlan.referenceGPU), scaled by board limit"
    }
    if let idle = settings.idlePower[fit.gpu.name] ?? chipIdlePower(fit.gpu) {
      power.idlePower = idle.value
      note.sources["idle"] = idle.source
    }
    power.kernelFloorPower = power.idlePower
    power.bandwidthExponent = settings.bandwidthExponent.value
    power.computeExponent = settings.computeExponent.value
    power.powerCap = settings.capShare.value * limit
    power.samplingPower = power.powerCap
    note.sources["kernel_floor"] = "idle: a kernel that uses nothing"
    note.sources["bandwidth_exponent"] = settings.bandwidthExponent.source
    note.sources["compute_exponent"] = settings.computeExponent.source
    note.sources["cap"] = settings.capShare.source
    note.sources["communication"] = "that of gaps: the measurements do not tell them apart"
    note.sources["sampling"] =
      "the cap: left free, the fit of \(DeviceFitPlan.referenceGPU) runs into it"
    if isReference { startingPoint(&power, limit) }
    fit.parameters.power = power
    fit.notes["power"] = note
  }

  /// One chip idles alike on its boards.
  private func chipIdlePower(_ gpu: GPUSheet) -> Measured? {
    switch Self.chip(gpu) {
    case "a100": settings.idlePower["a100-sxm-80gb"]
    case "h200": settings.idlePower["h100-sxm"]
    default: nil
    }
  }

  private func scaledReferencePower(_ limit: Double) throws -> PowerParameters {
    let reference = try done(DeviceFitPlan.referenceGPU)
    let scale = limit / reference.gpu.thermalDesignPower
    var power = reference.parameters.power
    for path: WritableKeyPath<PowerParameters, Double> in [
      \.idlePower, \.gapPower, \.bandwidthPower, \.computePower, \.communicationPower,
    ] { power[keyPath: path] *= scale }
    return power
  }

  /// Where the search begins; the result does not depend on it.
  private func startingPoint(_ power: inout PowerParameters, _ limit: Double) {
    power.gapPower = 0.3 * limit
    power.bandwidthPower = 0.7 * limit
    power.computePower = limit
    power.communicationPower = 0.4 * limit
  }
}
