import ArgumentParser
import Foundation
import Reports
import Scenarios

/// Parses the arguments, runs the command, and turns every way to fail into an exit code:
/// 0 done, 1 a fault of the program or of the machine, 2 bad input, 3 done and nothing came of it
/// (no request completed, no candidate meets), 130 interrupted.
@main
enum Main {
  static func main() async {
    do {
      try Joulefleet.checkName(of: CommandLine.arguments.dropFirst().first)
      var command = try Joulefleet.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      exit(ExitReport(error).emit())
    }
  }
}

/// What a failed command says, and where.
struct ExitReport {
  static let badInput: Int32 = 2
  /// What was written says why.
  static let noAnswer: Int32 = 3
  static let interrupted: Int32 = 130

  let text: String
  let code: Int32
  let toStandardOutput: Bool

  init(_ error: any Error) {
    switch error {
    case let input as InputError:
      self.init("joulefleet: \(input)", Self.badInput)
    case let write as WriteError:
      self.init("joulefleet: \(write)", Self.badInput)
    case let output as OutputError:
      self.init("joulefleet: \(output)", Self.badInput)
    case is CancellationError:
      self.init("joulefleet: interrupted; nothing was written", Self.interrupted)
    default:
      let code = Joulefleet.exitCode(for: error)
      if code == .success {
        self.init(Joulefleet.fullMessage(for: error), 0, toStandardOutput: true)
      } else if code == .validationFailure {
        self.init(Joulefleet.fullMessage(for: error), Self.badInput)
      } else if let exit = error as? ExitCode {
        self.init("", exit.rawValue)
      } else {
        self.init("joulefleet: \(error)", 1)
      }
    }
  }

  private init(_ text: String, _ code: Int32, toStandardOutput: Bool = false) {
    self.text = text
    self.code = code
    self.toStandardOutput = toStandardOutput
  }

  func emit() -> Int32 {
    guard !text.isEmpty else { return code }
    let handle = toStandardOutput ? FileHandle.standardOutput : FileHandle.standardError
    handle.write(Data((text + "\n").utf8))
    return code
  }
}
