internal import DeviceModels
internal import Foundation
internal import NumericalMethods
internal import Scenarios

/// Carries out the plan: from measurements to the numbers of every GPU.
struct DeviceFitting {
  let dataFolder: URL
  let catalog: DeviceCatalog
  let settings: DeviceFitSettings
  /// Holds what the harness measured, by GPU.
  let calibrationFolder: URL
  let clock: ClockFit
  var fits: [GPUFit] = []
  var kernelErrors: [(gpu: String, kernel: String, how: String, errors: ErrorSummary)] = []
  var surfaceFiles: [FittedSurface] = []
  /// What each GPU's serving numbers were fitted on, for cross-validation.
  var engineRows: [String: [ServingMeasurement]] = [:]
  var powerRows: [String: [ServingMeasurement]] = [:]
  /// Runs whose host held the GPU back: no engine is fitted on them.
  var starvedRows: [String: [ServingMeasurement]] = [:]

  init(
    dataFolder: URL, calibrationFolder: URL, catalog: DeviceCatalog, settings: DeviceFitSettings
  ) throws {
    self.calibrationFolder = calibrationFolder
    clock = try ClockFit(dataFolder: dataFolder, catalog: catalog, settings: settings)
    self.dataFolder = dataFolder
    self.catalog = catalog
    self.settings = settings
  }

  mutating func run() throws {
    for plan in DeviceFitPlan.all { try fit(plan) }
    fits.sort { $0.gpu.name < $1.gpu.name }
  }

  func done(_ gpu: String) throws -> GPUFit {
    guard let fit = fits.first(where: { $0.gpu.name == gpu }) else {
      throw InputError(problem: "\(gpu) is borrowed from before it is fitted")
    }
    return fit
  }

  private mutating func fit(_ plan: DeviceFitPlan) throws {
    var fit = GPUFit(gpu: try catalog.gpu(named: plan.gpu))
    activations(&fit)
    do {
      try kernels(plan, &fit)
      try allReduce(plan, &fit)
      try surfaces(plan, &fit)
      try measuredKernels(&fit)
      memory(&fit)
      try engine(plan, &fit)
      try power(plan, &fit)
      clockResponse(&fit)
      try ranges(plan, &fit)
    } catch let error as NumericalError {
      let stage = fit.notes.keys.sorted().joined(separator: ", ")
      throw NumericalError(
        operation: "\(error.operation) for \(plan.gpu) after \(stage)", reason: error.reason)
    }
    fits.append(fit)
  }

  // MARK: Kernels

  private mutating func kernels(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    let sections = ["matrix_products", "decode_attention", "prefill_attention"]
    switch plan.kernels {
    case .borrowed(let other, let reason):
      let other = try done(other)
      for section in sections { fit.borrow(section, from: other, because: reason) }
    case .sameChip(let other):
      let other = try done(other)
      for section in sections { fit.borrow(section, from: other, because: "the same chip") }
      fit.borrowSurfaces(KernelKind.allCases.filter { $0 != .allReduce }, from: other)
    case .tables(let source):
      let tables = measurements(fit.gpu, source.folder, source.version)
      let fitter = KernelFit(
        lossScale: settings.lossScale, rowLimit: settings.kernelLimits.mostRows)
      let results = [
        try fitter.matrixProducts(tables.matrixProducts()),
        try fitter.decodeAttention(tables.decodeAttention()),
        try fitter.prefillAttention(tables.prefillAttention()),
      ]
      for (section, result) in zip(sections, results) {
        fit.take(
          section, result,
          source: "aiconfigurator \(source.folder), vLLM \(source.version), bf16 latencies")
        kernelErrors.append(
          (fit.gpu.name, section, "roofline, on its own rows", ErrorSummary(result.errors)))
      }
      fit.parameters.kernels.fp8TileRows = settings.fp8TileRows.value
      fit.parameters.kernels.expertTileWidth = settings.expertTileWidth.value
      fit.parameters.kernels.expertAlignment = settings.expertAlignment.value
      for (key, number) in [
        "fp8_tile_rows": settings.fp8TileRows,
        "expert_tile_width": settings.expertTileWidth,
        "expert_alignment": settings.expertAlignment,
      ] { fit.notes["matrix_products"]?.sources[key] = number.source }
    }
  }

  func measurements(
    _ gpu: GPUSheet, _ folder: String, _ version: String
  ) -> KernelMeasurements {
    KernelMeasurements(
      gpu: gpu, folder: dataFolder.appending(path: "energy/aiconfigurator-kernels/\(folder)"),
      version: version, limits: settings.kernelLimits,
      bytesPerElement: settings.kernelElementBytes)
  }

  private mutating func allReduce(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    switch plan.allReduce {
    case .borrowed(let other, let reason):
      let other = try done(other)
      fit.borrow("all_reduce", from: other, because: reason)
      if plan.hasLinks { fit.borrowSurfaces([.allReduce], from: other) }
    case .table(let name):
      let url = dataFolder.appending(path: "energy/vidur-profiling/network/\(name)/all_reduce.csv")
      let samples = try KernelMeasurements.allReduces(
        url, gpu: fit.gpu, leastBytes: settings.kernelLimits.leastAllReduceBytes)
      let fitter = KernelFit(
        lossScale: settings.lossScale, rowLimit: settings.kernelLimits.mostRows)
      let result = try fitter.allReduces(samples)
      fit.take("all_reduce", result, source: "Vidur network/\(name), messages of 4 MiB and more")
      kernelErrors.append(
        (fit.gpu.name, "all_reduce", "roofline, on its own rows", ErrorSummary(result.errors)))
    }
    guard let latency = settings.allReduceLatency[fit.gpu.name] else { return }
    fit.parameters.kernels.allReduceLatency = latency.value
    fit.notes["all_reduce"]?.standardErrors["latency"] = nil
    fit.notes["all_reduce"]?.sources["latency"] = latency.source
  }

  private func activations(_ fit: inout GPUFit) {
    var note = SectionNote(source: "assumption: counted from the layer's operations")
    for entry in GPUFit.entries("activations") {
      guard let number = settings.activations[entry.key] else { continue }
      fit.parameters[keyPath: entry.path] = number.value
      note.sources[entry.key] = number.source
    }
    fit.notes["activations"] = note
  }

  private func memory(_ fit: inout GPUFit) {
    fit.parameters.engine.reservedBytes = settings.reservedMemory.value
    fit.parameters.engine.communicationBytes = settings.communicationMemory.value
    fit.notes["memory"] = SectionNote(
      source: "aiconfigurator systems (Apache-2.0): other_mem, nccl_mem")
  }

  // MARK: Engine and power

  func serving(_ set: DeviceFitPlan.ServingSet) throws -> [ServingMeasurement] {
    let readers = ServingMeasurements(
      folder: dataFolder.appending(path: "energy"), catalog: catalog, settings: settings)
    switch set {
    case .mlEnergyVersion3(let gpu): return try readers.mlEnergyVersion3(gpu: gpu)
    case .mlEnergyExperts(let gpu, let format):
      return try readers.mlEnergyVersion3(gpu: gpu, experts: format)
    case .mlEnergyVersion2(let folder): return try readers.mlEnergyVersion2(gpuFolder: folder)
    case .frontenac(let gpu):
      return try readers.frontenac(
        dataFolder.appending(path: "papers/frontenac_stage1_energy_per_token.csv"), gpu: gpu)
    }
  }

  /// The rows of a set whose batch fits into the cache.
  func fitting(
    _ set: DeviceFitPlan.ServingSet, on gpu: GPUSheet, _ parameters: DeviceParameters
  ) throws -> [ServingMeasurement] {
    try serving(set).filter {
      try !$0.overflowsCache(of: gpu, parameters, under: settings.engineDefaults)
    }
  }

  /// The GPU that a set was measured on, where it is not the one whose numbers are fitted.
  func host(_ set: DeviceFitPlan.ServingSet, _ gpu: GPUSheet) throws -> GPUSheet {
    switch set {
    case .frontenac("NVIDIA_A100-PCIE-40GB"): try catalog.gpu(named: "a100-pcie-40gb")
    case .mlEnergyVersion2("A100-SXM4-40GB"): try catalog.gpu(named: "a100-sxm-40gb")
    default: gpu
    }
  }

  private mutating func engine(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    switch plan.engine {
    case .borrowed(let other, let reason):
      fit.borrow("engine", from: try done(other), because: reason)
    case .fitted(let sets, let freedom, let source, let steps):
      let servingGPU = try sets.first.map { try host($0, fit.gpu) } ?? fit.gpu
      let all = try sets.flatMap { try fitting($0, on: servingGPU, fit.parameters) }
      fit.parameters.engine.kernelScale = 1
      fit.parameters.engine.rowExponent = 1
      fit.parameters.engine.expertScale = 1
      fit.parameters.engine.rowScaleWithoutSort = 1
      fit.parameters.engine.timePerFourBitExpertLayer = 0
      let borrowsTraffic = !freedom.paths.contains(\.narrowRowShare)
      fit.parameters.engine.narrowRowShare =
        borrowsTraffic
        ? try done(DeviceFitPlan.referenceGPU).parameters.engine.narrowRowShare : 1
      let isHostBound = freedom.paths.contains(\.rowExponent)
      fit.parameters.engine.rowOverlapOrder = isHostBound ? settings.rowOverlapOrder.value : 1
      let rows = all.filter { !$0.isHostStarved }
      starvedRows[fit.gpu.name] = all.filter(\.isHostStarved)
      func fitter() -> EngineFit {
        EngineFit(gpu: servingGPU, parameters: fit.parameters, lossScale: settings.lossScale)
      }
      let result = try fitter().fit(rows, freedom)
      fit.parameters.engine = result.engine
      fit.parameters.engine.timePerLogitWithoutSort = result.engine.timePerLogit
      var note = SectionNote(source: source, rowCount: rows.count)
      if isHostBound { note.sources["row_overlap_order"] = settings.rowOverlapOrder.source }
      if borrowsTraffic {
        note.sources["narrow_row_share"] =
          "borrowed from \(DeviceFitPlan.referenceGPU): the traffic's, not the GPU's"
      }
      note.addErrors(
        of: result.fit, to: GPUFit.entries("engine"),
        at: freedom.paths.map { (\DeviceParameters.engine).appending(path: $0) })
      for step in steps {
        let stepRows = try fitting(step.set, on: servingGPU, fit.parameters)
        let result = try fitter().fit(stepRows, step.freedom)
        fit.parameters.engine = result.engine
        let paths = step.freedom.paths.map { (\DeviceParameters.engine).appending(path: $0) }
        note.addErrors(of: result.fit, to: GPUFit.entries("engine"), at: paths)
        for entry in GPUFit.entries("engine") where paths.contains(where: { $0 == entry.path }) {
          note.sources[entry.key] = "ML.ENERGY v3, \(step.what), \(result.fit.errors.count) rows"
        }
      }
      fit.notes["engine"] = note
      engineRows[fit.gpu.name] = rows
    }
  }
}
