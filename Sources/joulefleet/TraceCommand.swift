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
    var format: TraceFormat?

    mutating func run() throws {
      var specification = TraceSpecification(path: file)
      specification.format = format
      var source = try TraceInput(specification).makeSource(seed: 0, allowsMissingOutput: true)
      print(TraceText(try TraceDescription(of: &source)).text, terminator: "")
    }
  }
}

extension TraceFormat: ExpressibleByArgument {}
