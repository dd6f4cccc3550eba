import Foundation

/// This program again, in a process of its own: so that peak memory is that of one case.
enum ChildProcess {
  /// Measures a case there.
  static func measure(
    _ item: BenchmarkCase, requests: Int, isReference: Bool = false
  ) throws -> Measurement {
    var arguments = [
      "--measure", item.slug, "--requests", String(requests),
      "--repetitions", String(item.repetitions),
    ]
    if isReference { arguments.append("--reference") }
    let (status, output, _) = try run(try ownPath(), arguments)
    guard status == 0, let line = output.split(separator: "\n").last else {
      throw BenchmarkError("\(item.slug) ended with code \(status)")
    }
    return try JSONDecoder().decode(Measurement.self, from: Data(line.utf8))
  }

  static func ownPath() throws -> String {
    guard let path = Bundle.main.executablePath else {
      throw BenchmarkError("the benchmark does not find itself")
    }
    return path
  }

  /// Runs a program to its end. Its errors are passed on, or kept where they are wanted.
  static func run(
    _ path: String, _ arguments: [String], keepsErrors: Bool = false
  ) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    if keepsErrors {
      try Data().write(to: scratch)
      process.standardError = try FileHandle(forWritingTo: scratch)
    }
    defer { try? FileManager.default.removeItem(at: scratch) }
    try process.run()
    let text = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    let errors = keepsErrors ? try String(contentsOf: scratch, encoding: .utf8) : ""
    return (process.terminationStatus, text, errors)
  }
}
