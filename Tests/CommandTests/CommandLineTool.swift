import Foundation
import TestSupport

/// The built program, run as its users run it.
enum CommandLineTool {
  struct Outcome {
    var exitCode: Int32
    var standardOutput: String
    var standardError: String
  }

  /// A product of the package: they lie beside the bundle of the tests.
  private static func binary(_ name: String) -> URL {
    let bundle = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var folder = bundle.deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appending(path: name)
      if FileManager.default.isExecutableFile(atPath: candidate.path),
        !candidate.hasDirectoryPath
      {
        return candidate
      }
      folder.deleteLastPathComponent()
    }
    return bundle
  }

  /// Starts the program in `folder` and returns at once; what it says is lost.
  static func start(_ arguments: [String], in folder: URL) throws -> Process {
    let process = process(arguments, in: folder, program: "joulefleet")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private static func process(
    _ arguments: [String], in folder: URL, program: String
  ) -> Process {
    let process = Process()
    process.executableURL = binary(program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["JOULEFLEET_CALIBRATION"] =
      SharedData.packageRoot.appending(path: "calibration").path
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// Runs a program in `folder` and waits for its end; `output` names another file for what it
  /// says on standard output.
  static func run(
    _ arguments: [String], in folder: URL = SharedData.packageRoot, program: String = "joulefleet",
    output: String? = nil
  ) throws -> Outcome {
    let process = process(arguments, in: folder, program: program)
    // Files, not pipes: a full pipe would stop the program.
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let files = ["out", "err"].map { scratch.appending(path: $0) }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(
      forWritingTo: output.map { URL(filePath: $0) } ?? files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    return Outcome(
      exitCode: process.terminationStatus,
      standardOutput: try String(contentsOf: files[0], encoding: .utf8),
      standardError: try String(contentsOf: files[1], encoding: .utf8))
  }
}

/// A folder of its own for one test, gone when the test is over.
func withScratchFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// Contents of every file below `folder`, by relative path.
func contents(of folder: URL) throws -> [String: Data] {
  let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
  return try Dictionary(
    uniqueKeysWithValues: paths.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
}
