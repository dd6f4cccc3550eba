import ArgumentParser
import Calibration
import Foundation
import Scenarios

/// `joulefleet calibrate example`: logs to try the other commands on.
struct CalibrateExampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "example",
    abstract: "Write the logs of a simulated fleet, to try fit and check on.",
    discussion: """
      Simulates benchmark runs of two models on an H100 with made-up numbers and writes what vLLM, \
      nvidia-smi, Prometheus and DCGM would have: benchmarks/ and metrics/. truth.fit.yaml holds \
      the numbers that a fit should find.

        joulefleet calibrate example --output logs
        joulefleet calibrate fit --data logs/benchmarks --gpu h100-sxm --output fitted
      """)

  @Option(help: ArgumentHelp("Folder for the logs; made if missing.", valueName: "folder"))
  var output: String

  @Flag(help: "Write into a folder that holds something, over files of the same names.")
  var force = false

  @OptionGroup var calibration: CalibrationArguments

  mutating func run() throws {
    try ExistingFiles.refuse(
      ["benchmarks", "metrics", "truth.fit.yaml"], in: output, unless: force)
    let example = try ExampleFleet(catalog: Catalog.load(path: calibration.folder))
    do {
      try example.write(to: URL(filePath: output))
    } catch let error as CocoaError { throw WriteError(path: output, error) }
    try StandardOutput.write("Written to \(output): benchmarks/, metrics/ and truth.fit.yaml.\n")
  }
}
