internal import DeviceModels
internal import Scenarios

/// Power and the calibrated ranges.
extension DeviceFitting {
  mutating func power(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    try assumePower(plan, &fit)
    try servedPower(plan, &fit)
    try samplingPowerWithoutSort(plan, &fit)
  }

  private mutating func servedPower(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    switch plan.power {
    case .borrowed(let other, let reason):
      fit.borrow("power", from: try done(other), because: reason)
    case .serving(let sets, let free, _, let source):
      let rows = try sets.flatMap {
        try fitting($0, on: host($0, fit.gpu), fit.parameters)
      }
      powerRows[fit.gpu.name] = rows
      guard !free.isEmpty else { return }
      let fitter = PowerFit(
        gpu: try sets.first.map { try host($0, fit.gpu) } ?? fit.gpu, parameters: fit.parameters,
        settings: settings)
      let result = try fitter.fit(rows, free)
      take(&fit, result, free, source)
    case .kernels(let free, let origin, let serving):
      guard case .tables(let source) = plan.kernels else { return }
      let samples = try measurements(
        fit.gpu, source.folder, source.powerVersion ?? source.version
      ).matrixProducts()
      let result = try KernelPowerFit(settings: settings).fit(
        samples, from: fit.parameters.power, free)
      take(&fit, result, free, origin)
      kernelErrors.append(
        (
          fit.gpu.name, "power of matrix products", "on its own rows",
          ErrorSummary(result.fit.errors)
        ))
      guard let serving else { return }
      try servingPower(serving, &fit, kernelSource: origin)
    }
  }

  /// What serving shows otherwise than the benchmarks of kernels do; the rest stays theirs.
  private mutating func servingPower(
    _ serving: DeviceFitPlan.ServingPower, _ fit: inout GPUFit, kernelSource: String
  ) throws {
    let rows = try serving.sets.flatMap { try fitting($0, on: fit.gpu, fit.parameters) }
    powerRows[fit.gpu.name] = rows
    let fitter = PowerFit(gpu: fit.gpu, parameters: fit.parameters, settings: settings)
    let ofKernels = fit.notes["power"]
    take(&fit, try fitter.fit(rows, serving.free), serving.free, serving.source)
    guard let ofKernels else { return }
    for (key, error) in ofKernels.standardErrors
    where fit.notes["power"]?.standardErrors[key] == nil {
      fit.notes["power"]?.standardErrors[key] = error
      fit.notes["power"]?.sources[key] = kernelSource
    }
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

  /// What the rows behind the engine's and the power's numbers cover, each for itself.
  func ranges(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    let (gpu, parameters) = (fit.gpu, fit.parameters)
    let fitted = { (set: DeviceFitPlan.ServingSet) in
      try fitting(set, on: host(set, gpu), parameters)
    }
    switch plan.engine {
    case .borrowed(let other, _):
      fit.parameters.engineRange = try done(other).parameters.engineRange
    case .fitted(let sets, let freedom, _, let steps):
      fit.parameters.engineRange = CalibratedRange(
        try sets.flatMap(fitted), gpu: try sets.first.map { try host($0, fit.gpu) }?.name ?? "")
      let further = try steps.flatMap { try fitted($0.set) }
      fit.parameters.engineRange.kinds.formUnion(further.map { ServedKind($0.model) })
      fit.parameters.engineRange.narrowTrafficGPU =
        freedom.paths.contains(\.narrowRowShare) ? gpu.name : DeviceFitPlan.referenceGPU
    }
    switch plan.power {
    case .borrowed(let other, _), .serving(_, free: [], sameChipAs: .some(let other), _):
      fit.parameters.powerRange = try done(other).parameters.powerRange
    case .serving(let sets, _, _, _):
      fit.parameters.powerRange = try CalibratedRange(
        sets.flatMap(fitted), gpu: sets.first.map { try host($0, fit.gpu).name } ?? fit.gpu.name)
    case .kernels(_, _, let serving):
      fit.parameters.powerRange = try serving.map {
        CalibratedRange(try $0.sets.flatMap(fitted), gpu: fit.gpu.name)
      }
    }
    addCheckedKinds(plan, &fit)
  }

  /// Powers hold for every kind of model that they are checked on, beside those fitted on.
  private func addCheckedKinds(_ plan: DeviceFitPlan, _ fit: inout GPUFit) {
    guard case .fitted(_, _, _, let steps) = plan.engine, !steps.isEmpty,
      fit.parameters.powerRange?.gpu == fit.parameters.engineRange.gpu
    else { return }
    fit.parameters.powerRange?.kinds.formUnion(fit.parameters.engineRange.kinds)
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
    if let idle = known(settings.idlePower, fit.gpu) {
      power.idlePower = idle.value
      note.sources["idle"] = idle.source
    }
    if let unloaded = known(settings.unloadedIdlePower, fit.gpu) {
      power.unloadedIdlePower = unloaded.value
      note.sources["unloaded_idle"] = unloaded.source
    }
    try measuredIdle(&power, &note, fit.gpu)
    power.sleepPower = settings.sleepIdleShare.value * power.unloadedIdlePower
    note.sources["sleep"] = settings.sleepIdleShare.source
    power.kernelFloorPower = settings.kernelFloorIdleShare.value * power.idlePower
    power.bandwidthExponent = settings.bandwidthExponent.value
    power.computeExponent = settings.computeExponent.value
    power.powerCap = settings.capShare.value * limit
    power.capOrder = settings.capOrder.value
    power.samplingPower = settings.samplingCapShare.value * power.powerCap
    try assumeSamplingWithoutSort(&power, isReference: isReference)
    power.communicationPower = settings.communicationCapShare.value * power.powerCap
    note.sources["kernel_floor"] = settings.kernelFloorIdleShare.source
    note.sources["bandwidth_exponent"] = settings.bandwidthExponent.source
    note.sources["compute_exponent"] = settings.computeExponent.source
    note.sources["cap"] = settings.capShare.source
    note.sources["cap_order"] = settings.capOrder.source
    note.sources["communication"] = settings.communicationCapShare.source
    note.sources["sampling"] = settings.samplingCapShare.source
    note.sources["sampling_without_sort"] =
      isReference
      ? settings.samplingCapShare.source
      : "borrowed from \(DeviceFitPlan.referenceGPU): the same share of the cap"
    if isReference { startingPoint(&power, limit) }
    fit.parameters.power = power
    fit.notes["power"] = note
  }

  /// As with the sort, until rows tell otherwise; then the same share of the cap elsewhere.
  private func assumeSamplingWithoutSort(
    _ power: inout PowerParameters, isReference: Bool
  ) throws {
    let reference = isReference ? power : try done(DeviceFitPlan.referenceGPU).parameters.power
    power.samplingPowerWithoutSort =
      isReference
      ? power.samplingPower
      : reference.samplingPowerWithoutSort / reference.powerCap * power.powerCap
  }

  /// The power of sampling without top-p, where models are served so: the rest stays as fitted.
  private func samplingPowerWithoutSort(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    guard case .fitted(_, _, _, let steps) = plan.engine,
      let step = steps.first(where: { $0.freedom.paths.contains(\.timePerLogitWithoutSort) })
    else { return }
    let path: WritableKeyPath<PowerParameters, Double> = \.samplingPowerWithoutSort
    let rows = try fitting(step.set, on: fit.gpu, fit.parameters)
    let result = try PowerFit(gpu: fit.gpu, parameters: fit.parameters, settings: settings)
      .fit(rows, [path])
    fit.parameters.power = result.power
    guard var note = fit.notes["power"] else { return }
    note.addErrors(
      of: result.fit, to: GPUFit.entries("power"),
      at: [(\DeviceParameters.power).appending(path: path)])
    note.sources["sampling_without_sort"] =
      "ML.ENERGY v3, \(step.what), \(result.fit.errors.count) rows"
    fit.notes["power"] = note
  }

  /// Boards with one chip idle alike, and the H200's chip is the H100's.
  private func known(_ numbers: [String: Measured], _ gpu: GPUSheet) -> Measured? {
    if let number = numbers[gpu.name] { return number }
    let lenders = ["a100": "a100-sxm-80gb", "h200": "h100-sxm"]
    guard let lender = lenders[Self.chip(gpu)], var number = numbers[lender] else { return nil }
    number.source = "borrowed from \(lender): \(number.source)"
    return number
  }

  private func scaledReferencePower(_ limit: Double) throws -> PowerParameters {
    let reference = try done(DeviceFitPlan.referenceGPU)
    let scale = limit / reference.gpu.thermalDesignPower
    var power = reference.parameters.power
    for path: WritableKeyPath<PowerParameters, Double> in [
      \.sleepPower, \.unloadedIdlePower, \.idlePower, \.gapPower, \.bandwidthPower, \.computePower,
    ] { power[keyPath: path] *= scale }
    return power
  }

  /// Where the search begins; the result does not depend on it.
  private func startingPoint(_ power: inout PowerParameters, _ limit: Double) {
    power.gapPower = 0.3 * limit
    power.bandwidthPower = 0.7 * limit
    power.computePower = limit
  }
}
