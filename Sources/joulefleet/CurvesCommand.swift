public import ArgumentParser
import Foundation
import Reports
import Scenarios
import Studies

/// `joulefleet curves`: energy and time per token along an axis, without a simulation.
struct CurvesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "curves",
    abstract: "Energy and time per token against batch, lengths, clock or power cap.",
    discussion: """
      Computes J/token and s/token from the costs of iterations, without a simulation. Several \
      values, with commas between, make a curve each; those of the axis are its points.

        joulefleet curves gpu=h100-sxm model=qwen3-8b
        joulefleet curves gpu=h100-sxm,l40s model=qwen2.5-7b --against input batch=16
        joulefleet curves gpu=h100-sxm model=qwen3-32b tensor-parallel=1,2 --output out/curves
        joulefleet curves gpu=h100-sxm model=qwen3-8b --against clock --csv -

      Keys: \(CurveRequest.keyNames.joined(separator: ", ")); prompt and concurrency stand for \
      input and batch, as in run --quick. Defaults: tensor-parallel 1, batch \
      \(CurveRequest.Defaults.batch), input \(CurveRequest.Defaults.inputTokens), output \
      \(CurveRequest.Defaults.outputTokens), context input + output/2. docs/curves.md defines \
      the figures.
      """)

  @Argument(help: ArgumentHelp("gpu=… model=… and further keys.", valueName: "key=value"))
  var settings: [String] = []

  @Option(
    help: ArgumentHelp(
      "Axis: \(CurveAxis.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "axis"))
  var against: CurveAxis = .batch

  @Option(help: ArgumentHelp("Write the points as CSV; - for standard output.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Write the points as JSON; - for standard output.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Folder for report.html with the picture, summary.json and curves.csv.",
      valueName: "folder"))
  var output: String?

  @OptionGroup var calibration: CalibrationArguments

  func validate() throws {
    guard csv != "-" || json != "-" else {
      throw ValidationError("standard output takes --csv or --json, one of them")
    }
  }

  mutating func run() async throws {
    let request = try CurveRequest.parse(
      settings, against: against, catalog: Catalog.load(path: calibration.folder))
    let folder = output.map { URL(filePath: $0) }
    if let folder { try OutputFolder.check(folder) }
    for path in [csv, json] {
      if let path, path != "-" { try ResultFile(path: path).check() }
    }
    let curves = OperatingCurves(request)
    if let folder { try await write(curves, to: folder) }
    if let csv { try write(CurveCSV.data(curves), to: csv) }
    if let json { try write(CurveSummary(curves).encoded(), to: json) }
    guard csv != "-", json != "-" else {
      let warnings = curves.warnings.map { "warning: \($0)\n" }.joined()
      return FileHandle.standardError.write(Data(warnings.utf8))
    }
    var text = CurveText(curves).text
    if let folder { text += "\nResults: \(folder.relativePath)/report.html and tables\n" }
    try StandardOutput.write(text)
  }

  private func write(_ data: Data, to path: String) throws {
    if path == "-" {
      try StandardOutput.write(data)
    } else {
      try ResultFile(path: path).write(data)
    }
  }

  private func write(_ curves: OperatingCurves, to folder: URL) async throws {
    InterruptGuard.install()
    do {
      try await OutputFolder.write(to: folder) { try CurvePage(curves).write(to: $0) }
    } catch let error as CocoaError {
      throw WriteError(path: folder.relativePath, error)
    }
  }
}

extension CurveAxis: ExpressibleByArgument {}
