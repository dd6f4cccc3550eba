public import ArgumentParser
import Reports
import Scenarios
import Workloads

/// `joulefleet trace`: traces by themselves.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Look at request traces.", subcommands: [Describe.self])

  struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "describe",
      abstract: "Requests, rate, burstiness and lengths of a trace.",
      discussion: "  joulefleet trace describe AzureLLMInferenceTrace_conv.csv")

    @Argument(help: ArgumentHelp("Trace file.", valueName: "file"))
    var file: String

    @Option(
      help: ArgumentHelp(
        "Format of the trace: \(TraceFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
        valueName: "name"))
    var format: TraceFormat = .azure2023

    mutating func run() throws {
      var source = try format.source(path: file)
      print(TraceText(try TraceDescription(of: &source)).text, terminator: "")
    }
  }
}

extension TraceFormat: ExpressibleByArgument {}
