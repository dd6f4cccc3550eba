internal import DeviceModels
internal import Scenarios

/// What the harness measured of a GPU comes before all that publications say of it.
extension DeviceFitting {
  mutating func measuredKernels(_ fit: inout GPUFit) throws {
    var step = MeasuredStep(settings: settings, calibrationFolder: calibrationFolder)
    try step.run(&fit)
    for (section, errors) in step.rooflineErrors {
      kernelErrors.append((fit.gpu.name, section, "roofline, on the harness's rows", errors))
    }
    for surface in step.surfaces { add(surface, &fit) }
  }

  /// Power at rest as the harness saw it.
  func measuredIdle(_ power: inout PowerParameters, _ note: inout SectionNote, _ gpu: GPUSheet)
    throws
  {
    guard let tables = try MeasuredTables(gpu: gpu.name, calibrationFolder: calibrationFolder)
    else { return }
    let source = "measured/\(gpu.name)/idle.csv"
    if let watts = tables.idlePower {
      power.idlePower = watts
      note.sources["idle"] = source
    }
    if let watts = tables.unloadedIdlePower {
      power.unloadedIdlePower = watts
      note.sources["unloaded_idle"] = source
    }
  }
}
