internal import DeviceModels
internal import Scenarios

/// The text of a fleet's fit file: the shape of `calibration/gpus/<gpu>.fit.yaml`, with what was
/// fitted in place of the shipped numbers and a record of the logs.
struct FleetFitFile {
  let gpu: GPUSheet
  let start: DeviceFit
  let fit: FleetFit
  let used: [ServingWindow]
  let keptBack: [ServingWindow]
  let data: FleetData

  var text: String {
    var file = GPUFit(gpu: gpu)
    file.parameters = fit.parameters
    file.surfaceSources = start.surfaceSources
    for section in DeviceFitSchema.sections { file.notes[section.name] = note(section) }
    if !used.isEmpty {
      file.parameters.engineRange = range(used)
      file.parameters.engineRange.narrowTrafficGPU = fit.parameters.engineRange.narrowTrafficGPU
    }
    let powered = used.filter { $0.wattsPerGPU != nil }
    if !fit.powerFree.isEmpty { file.parameters.powerRange = range(powered) }
    return file.yaml(.logs) + record
  }

  private var logs: String {
    "logs of the fleet itself: \(used.count) windows of \(Set(used.map(\.run)).count) runs"
  }

  /// Fitted numbers with their errors, the others with the source that they had.
  private func note(_ section: DeviceFitSchema.Section) -> SectionNote {
    let fitted = fit.numbers.filter { $0.section == section.name }
    let before = start.measured[section.name] ?? [:]
    let isKernel = KernelTableFit.Kind.allCases.contains { $0.section == section.name }
    var note = SectionNote(
      source: fitted.isEmpty
        ? "as in the fit it started from" : isKernel ? "the fleet's own kernel tables" : logs,
      rowCount: fitted.map(\.rowCount).max())
    for entry in section.entries {
      if let number = fitted.first(where: { $0.name == entry.key }) {
        note.standardErrors[entry.key] = number.standardError
      } else if let number = before[entry.key] {
        note.standardErrors[entry.key] = number.standardError
        note.sources[entry.key] = number.source.replacing("\"", with: "'")
      }
    }
    if section.name == "power", fit.number("idle") != nil {
      note.sources["kernel_floor"] = "keeps its share of idle power"
    }
    return note
  }

  private func range(_ windows: [ServingWindow]) -> CalibratedRange {
    func bounds(
      _ least: (ServingWindow) -> Double, _ most: (ServingWindow) -> Double
    ) -> ClosedRange<Int> {
      let low = windows.map(least).min() ?? 0
      return Int(
        low.rounded())...max(Int(low.rounded()), Int((windows.map(most).max() ?? low).rounded()))
    }
    func bounds(_ value: (ServingWindow) -> Double) -> ClosedRange<Int> { bounds(value, value) }
    return CalibratedRange(
      gpu: gpu.name, decodeRows: bounds(\.decodeRows),
      contextTokens: bounds(\.promptTokens) { $0.promptTokens + $0.outputTokens },
      promptTokens: bounds(\.promptTokens),
      modelParameters: bounds { Double($0.replica.model.parameterCount) },
      tensorParallelDegrees: bounds { Double($0.replica.layout.tensorParallelDegree) },
      kinds: Set(windows.map { ServedKind($0.replica.model) }))
  }

  private var record: String {
    var text = "fleet:\n"
    if let overhead = fit.clientOverhead {
      text += "  client_overhead:\n    value: \(FiveDigits.text(overhead.value))\n    unit: s\n"
      text += "    source: \"time to first token beyond the prompt's own iteration, "
      text += "\(overhead.rowCount) windows with one request in flight\"\n"
      text += "    error: \(FiveDigits.text(overhead.standardError))\n"
    }
    let runs = Set(keptBack.map(\.run)).sorted().map { Self.quoted($0) }
    text += "  kept_back: [\(runs.joined(separator: ", "))]\n  files:\n"
    for source in data.sources {
      text += "    - {path: \(Self.quoted(source.path)), sha256: \"\(source.sha256)\"}\n"
    }
    return text
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
