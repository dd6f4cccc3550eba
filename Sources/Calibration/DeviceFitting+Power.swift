internal import DeviceModels
internal import Scenarios

/// Power and the calibrated ranges.
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
      let result = try fitter.fit(rows, modelled: Self.modelledSets, free)
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
  static let modelledSets: Set<String> = ["mlenergy-v3", "frontenac"]

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

  /// What the rows behind the engine's and the power's numbers cover, each for itself.
  func ranges(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    switch plan.engine {
    case .borrowed(let other, _):
      fit.parameters.engineRange = try done(other).parameters.engineRange
    case .fitted(let set, _, _):
      fit.parameters.engineRange = CalibratedRange(
        try serving(set), gpu: try host(set, fit.gpu).name)
    }
    switch plan.power {
    case .borrowed(let other, _), .serving(_, free: [], sameChipAs: .some(let other), _):
      fit.parameters.powerRange = try done(other).parameters.powerRange
    case .serving(let sets, _, _, _):
      fit.parameters.powerRange = try CalibratedRange(
        sets.flatMap(serving), gpu: sets.first.map { try host($0, fit.gpu).name } ?? fit.gpu.name)
    case .kernels:
      fit.parameters.powerRange = nil
    }
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
    if let idle = settings.idlePower[fit.gpu.name] ?? borrowedIdlePower(fit.gpu) {
      power.idlePower = idle.value
      note.sources["idle"] = idle.source
    }
    power.kernelFloorPower = settings.kernelFloorIdleShare.value * power.idlePower
    power.bandwidthExponent = settings.bandwidthExponent.value
    power.computeExponent = settings.computeExponent.value
    power.powerCap = settings.capShare.value * limit
    power.capOrder = settings.capOrder.value
    power.samplingPower = settings.samplingCapShare.value * power.powerCap
    note.sources["kernel_floor"] = settings.kernelFloorIdleShare.source
    note.sources["bandwidth_exponent"] = settings.bandwidthExponent.source
    note.sources["compute_exponent"] = settings.computeExponent.source
    note.sources["cap"] = settings.capShare.source
    note.sources["cap_order"] = settings.capOrder.source
    note.sources["communication"] = settings.communicationGapShare.source
    note.sources["sampling"] = settings.samplingCapShare.source
    if isReference { startingPoint(&power, limit) }
    fit.parameters.power = power
    fit.notes["power"] = note
  }

  /// Boards with one chip idle alike, and the H200's chip is the H100's.
  private func borrowedIdlePower(_ gpu: GPUSheet) -> Measured? {
    let lenders = ["a100": "a100-sxm-80gb", "h200": "h100-sxm"]
    guard let lender = lenders[Self.chip(gpu)], var idle = settings.idlePower[lender] else {
      return nil
    }
    idle.source = "borrowed from \(lender): \(idle.source)"
    return idle
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
