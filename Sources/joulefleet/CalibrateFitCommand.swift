import ArgumentParser
import Calibration
import Foundation
import Scenarios

/// `joulefleet calibrate fit`: from a fleet's logs to a fit file.
struct CalibrateFitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit a GPU to the logs of your own fleet.",
    discussion: """
      Reads benchmarks (vLLM, SGLang, ML.ENERGY, CSV), power logs (nvidia-smi, DCGM) and engine \
      metrics (vLLM, SGLang) below a folder, told by their content, and writes GPU.fit.yaml for \
      the key "calibration" of a scenario's pool, and GPU.fit.md with errors, clocks and joules \
      by phase. Logs that cannot tell a number are refused with the measurement that would.

        joulefleet calibrate fit --data logs --gpu h100-sxm --output fitted
        joulefleet calibrate fit --data logs --output fitted --keep time_per_row

      With --answers it fits a task instead: how chances of right answers spread, from results per \
      question (docs/answers.md has the two forms of the table).

        joulefleet calibrate fit --answers --data results.csv --task mine --output fitted
      """)

  @OptionGroup var logs: CalibrateFleetArguments

  @OptionGroup(title: "Answers") var task: CalibrateAnswerArguments

  @Option(help: ArgumentHelp("Folder for the two files.", valueName: "folder"))
  var output: String

  @Option(
    name: .customLong("fit"),
    help: ArgumentHelp(
      "Numbers to fit whatever it takes: kernel_scale, gap, compute, …", valueName: "names"))
  var demanded: String?

  @Option(
    name: .customLong("keep"),
    help: ArgumentHelp("Numbers to leave as they are: time_per_row, …", valueName: "names"))
  var held: String?

  @Option(
    help: ArgumentHelp(
      "Fit file to start from (default: the shipped one of the GPU).", valueName: "file"))
  var start: String?

  @Flag(help: "Write over a fit of the same GPU.")
  var force = false

  mutating func run() throws {
    guard !task.answers else {
      return try task.run(
        data: logs.data, output: output, calibration: logs.calibration.folder)
    }
    let freedom = FleetFreedom(
      demanded: CommaList.items(demanded ?? ""), held: CommaList.items(held ?? ""))
    let report = try FleetCalibration.fit(
      dataFolder: logs.folder, catalog: Catalog.load(path: logs.calibration.folder),
      options: logs.options(freedom: freedom, fitPath: start))
    let folder = URL(filePath: output)
    try ExistingFiles.refuse(report.fileNames, in: output, unless: force)
    let path: String
    do { path = try report.write(to: folder) } catch { throw WriteError(path: output, error) }
    try StandardOutput.write(report.table)
    try StandardOutput.write("\nWritten to \(path); a scenario's pool names it as calibration.\n")
  }
}
