public import Foundation

/// Where the data sheets and fitted parameters are.
public enum CalibrationFolder {
  /// Names the folder, whatever the working directory.
  public static let environmentVariable = "JOULEFLEET_CALIBRATION"

  /// The first of: `path`, the environment variable, `calibration` in the working directory or
  /// one above it, `calibration` beside the executable or above it.
  ///
  /// A folder that was named but is none is an error; it is never passed over in silence.
  public static func find(path: String? = nil) throws(InputError) -> URL {
    if let path { return try check(path, namedBy: "--calibration") }
    if let path = ProcessInfo.processInfo.environment[environmentVariable], !path.isEmpty {
      return try check(path, namedBy: environmentVariable)
    }
    let workingDirectory = URL(filePath: FileManager.default.currentDirectoryPath)
    let executable = Bundle.main.executableURL?.resolvingSymlinksInPath()
    for start in [workingDirectory, executable?.deletingLastPathComponent()] {
      if let start, let found = above(start) { return found }
    }
    throw InputError(
      problem: "there is no folder \"calibration\" here, above, or beside the program",
      expectation: "its path in \(environmentVariable) or by --calibration")
  }

  private static func check(_ path: String, namedBy name: String) throws(InputError) -> URL {
    let url = URL(filePath: path)
    guard isCalibration(url) else {
      throw InputError(
        file: path, problem: "this folder (\(name)) holds no calibration",
        expectation: "a folder with gpus/ and models/ in it")
    }
    return url
  }

  private static func above(_ start: URL) -> URL? {
    var folder = start.standardizedFileURL
    while true {
      let candidate = folder.appending(path: "calibration")
      if isCalibration(candidate) { return candidate }
      let parent = folder.deletingLastPathComponent().standardizedFileURL
      guard parent.path != folder.path else { return nil }
      folder = parent
    }
  }

  private static func isCalibration(_ folder: URL) -> Bool {
    ["gpus", "models"].allSatisfy {
      FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
    }
  }
}
