internal import DeviceModels
internal import Foundation
internal import Scenarios

/// One surface as it goes into its file.
struct FittedSurface {
  let gpu: String
  let kind: KernelKind
  let source: String
  let rowCount: Int
  /// What was left out at a time, and the errors there.
  let groupName: String
  let errors: ErrorSummary
  let surface: KernelSurface

  /// Fits a surface and tells its error on shapes left out.
  init(
    _ samples: SurfaceSamples, gpu: String, source: String, settings: DeviceFitSettings
  ) throws {
    let fitter = SurfaceFit(
      samples, grid: settings.surfaces[samples.kind], lossScale: settings.surfaces.lossScale)
    self.gpu = gpu
    kind = samples.kind
    self.source = source
    rowCount = samples.count
    groupName = samples.groupName
    errors = ErrorSummary(try fitter.leftOutErrors(folds: settings.surfaces.folds))
    surface = KernelSurfaceFile.rounded(try fitter.surface())
  }

  /// Below the calibration folder.
  var path: String { "kernels/\(gpu)/\(kind.rawValue).yaml" }

  func yaml() -> String {
    let share = { (value: Double) in FiveDigits.text((value * 1e4).rounded() / 1e4) }
    let knots = zip(kind.coordinates, surface.axes).map { name, axis in
      "  \(name): [\(axis.map(FiveDigits.text).joined(separator: ", "))]"
    }
    let unaligned =
      surface.unaligned == 0
      ? "" : "\nunaligned: \(KernelSurfaceFile.text([surface.unaligned], indent: ""))"
    return """
      # \(kind.title) on the \(gpu): logarithm of the measured time over the roofline in
      # ../../gpus/\(gpu).fit.yaml, at knots that are logarithms to base 2, the last coordinate
      # running fastest, in ten-thousandths. Fitted by `joulefleet calibrate
      # publications`. Do not edit.
      gpu: \(gpu)
      kernel: \(kind.rawValue)
      source: "\(source)"
      rows: \(rowCount)
      # Relative errors on shapes that the fit did not see.
      left_out:
        what: \(groupName)
        mean: \(share(errors.mean))
        median: \(share(errors.median))
        p90: \(share(errors.ninetiethPercentile))
        bias: \(share(errors.bias))
      knots:
      \(knots.joined(separator: "\n"))\(unaligned)
      values: |
      \(KernelSurfaceFile.text(surface.values, indent: "  "))

      """
  }
}

extension KernelKind {
  /// As an error table names it.
  var title: String {
    switch self {
    case .matrixProducts: "Matrix products, bf16"
    case .matrixProductsFP8: "Matrix products, fp8"
    case .decodeAttention: "Decode attention"
    case .prefillAttention: "Prefill attention"
    case .experts: "Expert layers, bf16"
    case .expertsFP8: "Expert layers, fp8"
    case .allReduce: "All-reduce"
    }
  }
}

extension DeviceFitting {
  /// Fits what a GPU's tables say of shapes; the rooflines are fitted by now.
  mutating func surfaces(_ plan: DeviceFitPlan, _ fit: inout GPUFit) throws {
    guard case .tables(let source) = plan.kernels else { return }
    let tables = SurfaceTables(
      root: dataFolder.appending(path: "energy/aiconfigurator-kernels"), source: source,
      settings: settings, times: KernelTimes(gpu: fit.gpu, kernels: fit.parameters.kernels))
    for samples in try tables.samples() {
      let surface = try FittedSurface(
        samples, gpu: fit.gpu.name,
        source: "aiconfigurator \(source.folder), \(source.version(of: samples.kind))",
        settings: settings)
      add(surface, &fit)
    }
  }

  /// Takes a surface in the place of one that was there.
  mutating func add(_ surface: FittedSurface, _ fit: inout GPUFit) {
    surfaceFiles.removeAll { $0.path == surface.path }
    surfaceFiles.append(surface)
    kernelErrors.append(
      (surface.gpu, surface.kind.title, "\(surface.groupName) left out", surface.errors))
    fit.parameters.kernels.surfaces[surface.kind] = surface.surface
    fit.surfaceSources[surface.kind] = surface.gpu
  }
}

extension KernelTableSource {
  /// The engine and the data type of a kernel's rows.
  func version(of kind: KernelKind) -> String {
    switch kind {
    case .matrixProductsFP8: "vLLM \(fp8Products?.version ?? version), \(fp8Products?.type ?? "")"
    case .expertsFP8: "vLLM \(version), \(fp8Experts ?? "")"
    case .allReduce: "vLLM \(allReduceVersion ?? version), custom all-reduce in a graph"
    default: "vLLM \(version), bfloat16"
    }
  }
}
