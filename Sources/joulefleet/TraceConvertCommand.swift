import ArgumentParser
import Scenarios

/// `joulefleet trace convert`: a trace of any format as our own CSV.
struct TraceConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a trace, as the rules leave it, as CSV that every command reads.",
    discussion: """
        joulefleet trace convert AzureLLMInferenceTrace_code.csv --to code.csv
        joulefleet trace convert conversation_trace.jsonl --spread auto --seed 7 --to conv.csv
        joulefleet trace convert trace.csv --from "10 min" --speedup 2 --to rest.csv

      Replaying the result gives the same run as replaying the original with the same options and \
      seed. An existing file is not replaced.
      """)

  @Argument(
    help: ArgumentHelp("Trace: a file, a folder, or - for standard input.", valueName: "trace"))
  var trace: String

  @OptionGroup var options: TraceOptions

  @Option(
    help: ArgumentHelp(
      "Seed of what chance decides: the scenario's, for the same run.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("File to be written, or - for standard output.", valueName: "file"))
  var to: String

  mutating func run() throws {
    let output = TraceOutput(path: to)
    try output.check()
    let input = try options.input(path: trace)
    try output.write(isReadOnce: trace == FileByteSource.standardInput) {
      try input.makeSource(seed: seed, allowsMissingOutput: true)
    }
  }
}
