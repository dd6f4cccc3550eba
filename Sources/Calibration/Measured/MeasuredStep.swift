internal import DeviceModels
internal import Foundation

/// Puts what the harness measured of a GPU in the place of what publications say of it.
struct MeasuredStep {
  let settings: DeviceFitSettings
  /// Holds `measured/<gpu>/`.
  let calibrationFolder: URL
  /// Surfaces that it fitted, and the errors of its rooflines by the fit file's section.
  private(set) var surfaces: [FittedSurface] = []
  private(set) var rooflineErrors: [(section: String, errors: ErrorSummary)] = []

  init(settings: DeviceFitSettings, calibrationFolder: URL) {
    self.settings = settings
    self.calibrationFolder = calibrationFolder
  }

  /// The section of the fit file that holds a kind's roofline.
  private static let sections: [(kind: KernelKind, section: String)] = [
    (.matrixProducts, "matrix_products"), (.decodeAttention, "decode_attention"),
    (.prefillAttention, "prefill_attention"),
  ]

  /// Rooflines, and surfaces over them, of the kinds of kernel of which the tables hold enough.
  mutating func run(_ fit: inout GPUFit) throws {
    let gpu = fit.gpu
    guard let tables = try MeasuredTables(gpu: gpu.name, calibrationFolder: calibrationFolder)
    else { return }
    let source = "measured/\(gpu.name)/kernels.csv, bf16"
    for (kind, section) in Self.sections
    where tables.rows(of: kind).count >= settings.leastMeasuredRows {
      let bare = KernelTimes(gpu: gpu, kernels: fit.parameters.kernels)
      let result = try roofline(kind, tables.rooflineSamples(kind, bare))
      fit.take(section, result, source: source)
      rooflineErrors.append((section, ErrorSummary(result.errors)))
      let times = KernelTimes(gpu: gpu, kernels: fit.parameters.kernels)
      let surface = try FittedSurface(
        tables.surfaceSamples(kind, times), gpu: gpu.name, source: source, settings: settings)
      surfaces.append(surface)
      fit.parameters.kernels.surfaces[kind] = surface.surface
      fit.surfaceSources[kind] = gpu.name
    }
  }

  private func roofline(_ kind: KernelKind, _ samples: KernelSamples) throws -> PositiveFit {
    let fitter = KernelFit(
      lossScale: settings.lossScale, rowLimit: settings.kernelLimits.mostRows)
    switch kind {
    case .decodeAttention: return try fitter.decodeAttention(samples)
    case .prefillAttention: return try fitter.prefillAttention(samples)
    default: return try fitter.matrixProducts(samples)
    }
  }
}
