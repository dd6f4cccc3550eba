internal import DeviceModels
public import Foundation
internal import Scenarios

/// The result of fitting a fleet: the file that scenarios name, and what there is to know of it.
public struct FleetFitReport: Sendable {
  /// Name of the GPU fitted.
  public let gpu: String
  /// The fit file.
  public let fitText: String
  /// Markdown: numbers, errors, clocks, joules by phase, and what was left out.
  public let table: String

  init(
    gpu: GPUSheet, start: DeviceFit, fit: FleetFit, used: [ServingWindow],
    keptBack: [ServingWindow], data: FleetData
  ) throws {
    self.gpu = gpu.name
    fitText =
      FleetFitFile(
        gpu: gpu, start: start, fit: fit, used: used, keptBack: keptBack, data: data
      ).text
    table = try FleetFitTable(
      gpu: gpu, start: start, fit: fit, used: used, keptBack: keptBack, data: data
    ).markdown()
  }

  /// The fit file and the page about it.
  public var fileNames: [String] { ["\(gpu).fit.yaml", "\(gpu).fit.md"] }

  /// Writes both into `folder`; returns the fit file's path.
  @discardableResult
  public func write(to folder: URL) throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: fileNames[0])
    try Data(fitText.utf8).write(to: file, options: .atomic)
    try Data(table.utf8).write(
      to: folder.appending(path: fileNames[1]), options: .atomic)
    return file.relativePath
  }
}

/// What a fit of a fleet says of itself, in Markdown.
struct FleetFitTable {
  let gpu: GPUSheet
  let start: DeviceFit
  let fit: FleetFit
  let used: [ServingWindow]
  let keptBack: [ServingWindow]
  let data: FleetData

  func markdown() throws -> String {
    let parts = [
      heading, numbers, try errors(), clocks, try phases(), remarks,
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var heading: String {
    let kernels = data.kernels.isEmpty ? "" : "\(data.kernels.count) rows of kernel tables. "
    guard !used.isEmpty else {
      return "# Fit of \(gpu.title) to the fleet's own kernel tables\n\n\(kernels)\n"
    }
    let models = Set(used.map(\.replica.name)).sorted().joined(separator: ", ")
    let rows = (used.map(\.decodeRows).min() ?? 0, used.map(\.decodeRows).max() ?? 0)
    return """
      # Fit of \(gpu.title) to the fleet's own logs

      \(kernels)\(used.count) windows of \(Set(used.map(\.run)).count) runs of \(models), \
      \(FiveDigits.rows(rows.0)) to \(FiveDigits.rows(rows.1)) sequences decoding; \
      \(Set(keptBack.map(\.run)).count) runs kept back for `joulefleet calibrate check`.

      """
  }

  private func before(_ number: FittedNumber) -> Double? {
    start.measured[number.section]?[number.name]?.value
  }

  private var numbers: String {
    var rows = [["number", "fitted", "standard error", "before", "unit"]]
    for number in fit.numbers + [fit.clientOverhead].compactMap({ $0 }) {
      let unit = GPUFit.entries(number.section).first { $0.key == number.name }?.unit ?? "s"
      rows.append([
        "\(number.section).\(number.name)",
        FiveDigits.text(number.value) + (number.value == 0 ? " (at its bound)" : ""),
        FiveDigits.text(number.standardError), before(number).map(FiveDigits.text) ?? "", unit,
      ])
    }
    let kept = fit.kept.map { "- \($0.name) as before: \($0.reason)\n" }.joined()
    return Self.table(rows) + (kept.isEmpty ? "" : "\n" + kept)
  }

  private func errors() throws -> String {
    guard !used.isEmpty else { return "" }
    let validation = try CrossValidation(fit, used)
    var text = "## Errors\n\nRelative errors in percent; bias is the mean signed error.\n\n"
    var inSample = WindowErrors()
    try inSample.add(used, { _ in fit.parameters }, overhead: fit.clientOverhead?.value)
    var back = WindowErrors()
    try back.add(keptBack, { _ in fit.parameters }, overhead: fit.clientOverhead?.value)
    let sets: [(String, WindowErrors, Bool)] = [
      ("on its own rows", inSample, false), ("runs kept back", back, false),
      ("each \(validation.leftOut) left out", validation.errors, true),
    ]
    text += Self.header
    for (how, errors, hasParts) in sets {
      for line in errors.lines
      where line.model == nil || hasParts && line.quantity != .throughput {
        text += Self.line(line, how)
      }
    }
    if validation.leftOut.isEmpty {
      text += "\nNothing was left out in turn: that takes three models, batch sizes or runs.\n"
    }
    for group in validation.skipped {
      text += "\nWithout \(validation.leftOut) \(group) the rest could not tell the numbers.\n"
    }
    return text
  }

  static let header = """
    | quantity | model | batch | how | rows | mean | median | p90 | bias |
    |---|---|---|---|---|---|---|---|---|

    """

  static func line(_ line: WindowErrors.Line, _ how: String) -> String {
    let e = line.summary
    let numbers = [e.mean, e.median, e.ninetiethPercentile, e.bias].map(FiveDigits.percent)
    let batch = line.batch.map { "\($0)" } ?? "all"
    return
      "| \(line.quantity.rawValue) | \(line.model ?? "all") | \(batch) | \(how) | \(e.count) | "
      + numbers.joined(separator: " | ") + " |\n"
  }

  private var clocks: String {
    guard !data.alignments.isEmpty else { return "" }
    var rows = [["requests", "power log", "ahead by (s)", "± (s)", "correlation"]]
    for one in data.alignments {
      rows.append([
        one.requests, one.power, String(format: "%.2f", one.offset.seconds),
        one.offset.uncertainty.map { String(format: "%.2f", $0) } ?? "not estimated",
        one.offset.correlation.map { String(format: "%.3f", $0) } ?? "",
      ])
    }
    return "## Clocks\n\nHow far the power log's clock is ahead of the requests', meter's delay "
      + "included.\n\n" + Self.table(rows)
  }

  private func phases() throws -> String {
    let runs = try PhaseEnergy.runs(used + keptBack, fit)
    guard !runs.isEmpty else { return "" }
    var rows = [
      [
        "run", "model", "s", "prefill (J)", "decode (J)", "idle (J)", "J per prompt token",
        "J per output token",
      ]
    ]
    for run in runs {
      rows.append(
        [run.run, run.model]
          + [run.seconds, run.prefillJoules, run.decodeJoules, run.idleJoules].map {
            String(format: "%.1f", $0)
          } + [
            FiveDigits.text(run.prefillJoules / max(1, run.promptTokens)),
            FiveDigits.text(run.decodeJoules / max(1, run.outputTokens)),
          ])
    }
    return "## Joules by phase\n\nThe meter's joules of all GPUs of the replica, divided as the "
      + "fitted model divides its own.\n\n" + Self.table(rows)
  }

  private var remarks: String {
    let seconds = Dictionary(
      data.idle.map { ($0.place.description, $0.seconds) }, uniquingKeysWith: +)
    let idle = seconds.sorted { $0.key < $1.key }.map {
      "\($0.key): idle power from \(Int($0.value)) s without requests"
    }
    let all = idle + data.notes
    return all.isEmpty ? "" : "## Remarks\n\n" + all.map { "- \($0)\n" }.joined()
  }

  static func table(_ rows: [[String]]) -> String {
    guard let header = rows.first else { return "" }
    let rule = "|" + header.map { _ in "---|" }.joined()
    let lines = rows.map { "| " + $0.joined(separator: " | ") + " |" }
    return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n") + "\n"
  }
}
