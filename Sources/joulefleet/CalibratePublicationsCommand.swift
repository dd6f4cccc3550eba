import ArgumentParser
import Calibration
import Foundation
import Scenarios

/// `joulefleet calibrate publications`: the shipped fits from the publications behind them.
struct CalibratePublicationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publications",
    abstract: "Reproduce the shipped fits from published measurements.",
    discussion: """
      Fits every GPU to the publications, and writes the fits and the table of their errors to \
      --output; without it, says where the calibration in use differs from the result. \
      docs/calibration.md says what the folder holds.

        joulefleet calibrate publications --data measurements --output refitted
        joulefleet calibrate publications --data measurements
        joulefleet calibrate publications --data measurements --through-simulator
      """)

  @Option(help: ArgumentHelp("Folder of publications.", valueName: "folder"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "Folder for the fitted files; with the name of the calibration folder they take effect.",
      valueName: "folder"))
  var output: String?

  @Flag(
    help: """
      Predict every row of ML.ENERGY v3 by a simulated closed loop instead, its model left out of \
      the fit; --output gets device-fit-simulated.md.
      """)
  var throughSimulator = false

  @OptionGroup var calibration: CalibrationArguments

  mutating func run() throws {
    let folder = try CalibrationFolder.find(path: calibration.folder)
    guard !throughSimulator else { return try simulate(folder) }
    guard let output else { return try compare(with: folder) }
    let report = try DeviceFits.run(dataFolder: dataFolder(), calibrationFolder: folder)
    try report.write(to: URL(filePath: output))
    print(report.table, terminator: "")
  }

  private func simulate(_ folder: URL) throws {
    let table = try SimulatedFits.table(
      dataFolder: dataFolder(), calibrationFolder: folder
    ) { FileHandle.standardError.write(Data("\($0)\n".utf8)) }
    if let output {
      let folder = URL(filePath: output)
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(table.utf8).write(
          to: folder.appending(path: "device-fit-simulated.md"), options: .atomic)
      } catch let error as CocoaError { throw WriteError(path: output, error) }
    }
    print(table, terminator: "")
  }

  private func compare(with folder: URL) throws {
    let differences = try DeviceFits.check(dataFolder: dataFolder(), calibrationFolder: folder)
    guard differences.isEmpty else {
      for difference in differences { print(difference) }
      throw ExitCode.failure
    }
    print("The fits in \(folder.relativePath) are what the measurements give.")
  }

  private func dataFolder() throws -> URL {
    let url = URL(filePath: data)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw InputError(
        file: data, problem: "no such folder", expectation: "the folder of publications")
    }
    return url
  }
}
