internal import DeviceModels
internal import Scenarios

/// Where the numbers of one section of a fit come from.
struct SectionNote {
  var source: String
  /// Rows that were fitted; nil where nothing was.
  var rowCount: Int?
  /// By key; only fitted numbers have one.
  var standardErrors: [String: Double] = [:]
  /// By key, where a number's source is not the section's.
  var sources: [String: String] = [:]

  /// Notes the standard errors of the entries that `fit` had free, at `paths` in its order.
  mutating func addErrors(
    of fit: PositiveFit, to entries: [DeviceFitSchema.Entry],
    at paths: [PartialKeyPath<DeviceParameters>]
  ) {
    for (path, error) in zip(paths, fit.standardErrors) {
      guard let entry = entries.first(where: { $0.path == path }) else { continue }
      standardErrors[entry.key] = error
    }
  }
}

/// The numbers of one GPU as they come together, each with its origin.
struct GPUFit {
  let gpu: GPUSheet
  var parameters = DeviceParameters.blank
  var notes: [String: SectionNote] = [:]
  /// The GPU whose tables a kernel's surface was fitted on, by kind.
  var surfaceSources: [KernelKind: String] = [:]

  init(gpu: GPUSheet) { self.gpu = gpu }

  /// The entries of a section of the file, in its order.
  static func entries(_ section: String) -> [DeviceFitSchema.Entry] {
    DeviceFitSchema.sections.first { $0.name == section }?.entries ?? []
  }

  /// Takes the numbers of a fit that has exactly the section's entries as parameters.
  mutating func take(_ section: String, _ fit: PositiveFit, source: String) {
    var note = SectionNote(source: source, rowCount: fit.errors.count)
    for (i, entry) in Self.entries(section).enumerated() where i < fit.parameters.count {
      parameters[keyPath: entry.path] = fit.parameters[i]
      note.standardErrors[entry.key] = fit.standardErrors[i]
    }
    notes[section] = note
  }

  /// Takes a whole section from another GPU.
  mutating func borrow(_ section: String, from other: GPUFit, because reason: String) {
    for entry in Self.entries(section) {
      parameters[keyPath: entry.path] = other.parameters[keyPath: entry.path]
    }
    notes[section] = SectionNote(source: "borrowed from \(other.gpu.name): \(reason)")
  }

  /// Takes the surfaces of these kinds that another GPU has.
  mutating func borrowSurfaces(_ kinds: [KernelKind], from other: GPUFit) {
    for kind in kinds {
      guard let surface = other.parameters.kernels.surfaces[kind] else { continue }
      parameters.kernels.surfaces[kind] = surface
      surfaceSources[kind] = other.surfaceSources[kind]
    }
  }

  /// What wrote a file, and where it says how far off the numbers are.
  enum Origin: String {
    case publications =
      "`joulefleet calibrate publications`; device-fit.md has the errors. Do not edit."
    case logs = "`joulefleet calibrate fit`; the .fit.md beside it has the errors."
    case example = "`joulefleet calibrate example`: numbers made up, for a fit to find."
  }

  /// The file's text.
  func yaml(_ origin: Origin = .publications) -> String {
    var text = """
      # Fitted numbers of \(gpu.title) under its serving engine. Written by
      # \(origin.rawValue)
      gpu: \(gpu.name)

      """
    for section in DeviceFitSchema.sections { text += yaml(section) }
    return text + surfaceYAML() + rangeYAML()
  }

  private func yaml(_ section: DeviceFitSchema.Section) -> String {
    let note = notes[section.name] ?? SectionNote(source: "not known")
    var text = "\(section.name):\n  source: \"\(note.source)\"\n"
    if let rows = note.rowCount { text += "  rows: \(rows)\n" }
    for entry in section.entries {
      let unit = entry.unit == "1" ? "\"1\"" : entry.unit
      text += "  \(entry.key):\n"
      text += "    value: \(FiveDigits.text(parameters[keyPath: entry.path]))\n"
      text += "    unit: \(unit)\n"
      if let error = note.standardErrors[entry.key] {
        text += "    error: \(FiveDigits.text(error))\n"
      }
      if let source = note.sources[entry.key] { text += "    source: \"\(source)\"\n" }
    }
    return text
  }

  private func surfaceYAML() -> String {
    let sources = KernelKind.allCases.compactMap { kind in
      surfaceSources[kind].map { "  \(kind.rawValue): \($0)\n" }
    }
    let text = "# Kernels measured by shape, and on which GPU; the others follow their rooflines.\n"
    return text + (sources.isEmpty ? "kernel_surfaces: {}\n" : "kernel_surfaces:\n")
      + sources.joined()
  }

  private func rangeYAML() -> String {
    "calibrated_range:\n" + Self.yaml("engine", parameters.engineRange)
      + (parameters.powerRange.map { Self.yaml("power", $0) } ?? "")
      + Self.yaml(parameters.clockRange)
  }

  private static func yaml(_ range: ClockRange) -> String {
    "  clock:\n" + (range.clockGPU.map { "    clock_gpu: \($0)\n" } ?? "")
      + (range.capGPU.map { "    cap_gpu: \($0)\n" } ?? "")
      + "    least_clock_share: \(FiveDigits.text(range.leastClockShare))\n"
      + "    least_cap_share: \(FiveDigits.text(range.leastCapShare))\n"
  }

  private static func yaml(_ part: String, _ range: CalibratedRange) -> String {
    let rows = [
      ("decode_rows", range.decodeRows), ("context_tokens", range.contextTokens),
      ("prompt_tokens", range.promptTokens), ("model_parameters", range.modelParameters),
      ("tensor_parallel", range.tensorParallelDegrees),
    ]
    return "  \(part):\n    gpu: \(range.gpu)\n"
      + rows.map { "    \($0): [\($1.lowerBound), \($1.upperBound)]\n" }.joined()
      + "    kinds: [\(range.kindNames.joined(separator: ", "))]\n"
      + (range.narrowTrafficGPU.map { "    narrow_traffic_gpu: \($0)\n" } ?? "")
  }
}

extension CalibratedRange {
  /// What measurements on a GPU cover.
  init(_ measurements: [ServingMeasurement], gpu: String) {
    func range(
      _ least: (ServingMeasurement) -> Double, _ most: (ServingMeasurement) -> Double
    ) -> ClosedRange<Int> {
      let (lowest, highest) = (measurements.map(least).min(), measurements.map(most).max())
      return Int((lowest ?? 0).rounded())...Int((highest ?? 0).rounded())
    }
    func range(_ value: (ServingMeasurement) -> Double) -> ClosedRange<Int> {
      range(value, value)
    }
    self.init(
      gpu: gpu, decodeRows: range(\.batchRows),
      contextTokens: range(\.promptTokens) { $0.promptTokens + $0.outputTokens },
      promptTokens: range(\.promptTokens),
      modelParameters: range { Double($0.model.parameterCount) },
      tensorParallelDegrees: range { Double($0.tensorParallelDegree) },
      kinds: Set(measurements.map { ServedKind($0.model) }))
  }
}
