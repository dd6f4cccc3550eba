internal import DeviceModels
public import Foundation
internal import Scenarios

/// The result of fitting the devices: the files to write and the table of errors.
public struct DeviceFitReport: Sendable {
  /// Text of each fit by its path below the calibration folder, in order of path.
  public let files: [(path: String, text: String)]
  /// Markdown: what was fitted on how many rows, and how far off it is.
  public let table: String

  /// Writes the files and `device-fit.md` below `folder`.
  public func write(to folder: URL) throws {
    for file in files + [("device-fit.md", table)] {
      let url = folder.appending(path: file.0)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.1.utf8).write(to: url, options: .atomic)
    }
  }
}

/// Fits time and power of every GPU to published measurements.
public enum DeviceFits {
  /// Fits on the measurements below `dataFolder`, with sheets and settings of `calibrationFolder`.
  ///
  /// Deterministic: the same data give the same bytes. Throws an `InputError` for a table that
  /// is missing or broken and a `NumericalError` where a fit does not converge.
  public static func run(
    dataFolder: URL, calibrationFolder: URL
  ) throws -> DeviceFitReport {
    let fitting = try fitted(dataFolder: dataFolder, calibrationFolder: calibrationFolder)
    let node = try NodeFit(dataFolder: dataFolder, settings: fitting.settings.node)
    let files = fitting.fits.map { ("gpus/\($0.gpu.name).fit.yaml", $0.yaml()) }
    let surfaces = fitting.surfaceFiles.map { ($0.path, $0.yaml()) }
    return DeviceFitReport(
      files: files + surfaces + [("nodes/hgx-8.yaml", node.yaml())],
      table: try DeviceErrorTable(fitting, node: node).markdown())
  }

  static func fitted(dataFolder: URL, calibrationFolder: URL) throws -> DeviceFitting {
    let catalog = try DeviceCatalog.loadSheets(from: calibrationFolder)
    let settings = try DeviceFitSettings(calibrationFolder: calibrationFolder)
    var fitting = try DeviceFitting(
      dataFolder: dataFolder, calibrationFolder: calibrationFolder, catalog: catalog,
      settings: settings)
    try fitting.run()
    return fitting
  }

  /// Where the committed files differ from what the data give; empty if they agree.
  public static func check(dataFolder: URL, calibrationFolder: URL) throws -> [String] {
    let report = try run(dataFolder: dataFolder, calibrationFolder: calibrationFolder)
    return (report.files + [("device-fit.md", report.table)]).compactMap { path, text in
      let committed = try? String(
        contentsOf: calibrationFolder.appending(path: path), encoding: .utf8)
      return committed == text ? nil : "\(path) differs from what the data give"
    }
  }
}
