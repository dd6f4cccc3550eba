import ArgumentParser
import Foundation
import Reports

/// Where the results of a study go.
struct OutputArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder for report.html, summary.json, requests.csv and timeseries.csv.",
      discussion: "Default: out/<scenario>. Earlier results there are replaced.",
      valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "File for the summary as JSON, or - for standard output.",
      discussion: "Without --output no folder is written then.", valueName: "file"))
  var json: String?

  @Flag(help: "Leave wall_s and cpu_s out of the JSON, so that equal runs give equal bytes.")
  var noTiming = false

  @Option(help: ArgumentHelp("Policies simulated at once.", valueName: "count"))
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Show each run as it goes: simulated time, requests, power, queue.")
  var watch = false

  @Option(
    name: .customLong("trace-viewer"),
    help: ArgumentHelp(
      "File of iterations, requests and power over time for ui.perfetto.dev.",
      discussion: """
        Of each policy the first \(TraceViewerFile.mostRequests) requests, and the first \
        \(TraceViewerFile.mostIterations) iterations one by one. The runs are simulated once more \
        for it.
        """, valueName: "file"))
  var traceViewer: String?

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is at least 1, not \(threads)") }
    for (name, value) in [("--output", output), ("--json", json), ("--trace-viewer", traceViewer)] {
      guard value != "" else { throw ValidationError("\(name) is empty") }
    }
  }

  /// The file for the summary; nil where there is none or it is standard output.
  var jsonFile: ResultFile? {
    guard let json, json != "-" else { return nil }
    return ResultFile(path: json)
  }

  /// The folder to write, or nil where none is asked for.
  func folder(scenario: String, isQuick: Bool) -> URL? {
    if let output { return URL(filePath: output) }
    if isQuick || json != nil { return nil }
    return URL(filePath: "out").appending(path: scenario)
  }
}
