import ArgumentParser
import Calibration
import Foundation
import Scenarios

/// `joulefleet calibrate`: from measurements to the fitted numbers under `calibration/`.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fit time and power of GPUs to measurements, and check the fits.",
    discussion: """
        joulefleet calibrate fit --data measurements --output refitted
        joulefleet calibrate check --data measurements

      docs/calibration.md says what the folder of measurements holds and how far off the fits are.
      """,
    subcommands: [Fit.self, Check.self])

  struct Fit: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fit",
      abstract: "Fit every GPU, and write the fits and the table of their errors.",
      discussion: "  joulefleet calibrate fit --data measurements --output refitted")

    @OptionGroup var measurements: MeasurementArguments

    @Option(
      help: ArgumentHelp(
        "Folder for the fitted files; with the name of the calibration folder they take effect.",
        valueName: "folder"))
    var output: String

    mutating func run() throws {
      let report = try DeviceFits.run(
        dataFolder: measurements.folder(),
        calibrationFolder: CalibrationFolder.find(path: measurements.calibration.folder))
      try report.write(to: URL(filePath: output))
      print(report.table, terminator: "")
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Fit again, and say where the calibration in use differs from the result.",
      discussion: "  joulefleet calibrate check --data measurements")

    @OptionGroup var measurements: MeasurementArguments

    mutating func run() throws {
      let folder = try CalibrationFolder.find(path: measurements.calibration.folder)
      let differences = try DeviceFits.check(
        dataFolder: measurements.folder(), calibrationFolder: folder)
      guard differences.isEmpty else {
        for difference in differences { print(difference) }
        throw ExitCode.failure
      }
      print("The fits in \(folder.relativePath) are what the measurements give.")
    }
  }
}

/// Where the measurements are.
struct MeasurementArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Folder of measurements.", valueName: "folder"))
  var data: String

  @OptionGroup var calibration: CalibrationArguments

  /// The folder of measurements, if there is one.
  func folder() throws -> URL {
    let url = URL(filePath: data)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw InputError(
        file: data, problem: "no such folder", expectation: "the folder of measurements")
    }
    return url
  }
}
