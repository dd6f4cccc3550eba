import ArgumentParser
import Reports
import Scenarios
import Workloads

/// `joulefleet trace describe`: what a trace is like.
struct TraceDescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Requests, rate, burstiness, lengths, sessions and prefixes of a trace.",
    discussion: """
        joulefleet trace describe AzureLLMInferenceTrace_conv.csv
        joulefleet trace describe conversation_trace.jsonl.gz --spread auto
        joulefleet trace describe sessions/ --sessions-per-second 0.1
        joulefleet trace describe log.csv --map "arrival=time:ms,prompt=input,output=generated"
        gunzip -c trace.csv.gz | joulefleet trace describe -

      Sessions of a closed loop are described as if every answer took no time.
      """)

  @Argument(
    help: ArgumentHelp("Trace: a file, a folder, or - for standard input.", valueName: "trace"))
  var trace: String

  @OptionGroup var options: TraceOptions

  @Option(help: ArgumentHelp("Seed of what chance decides.", valueName: "number"))
  var seed: UInt64 = 1

  mutating func run() throws {
    let input = try options.input(path: trace)
    var source = try input.makeSource(
      seed: seed, allowsMissingOutput: true, allowsMissingArrivals: true)
    let description = try TraceDescription(of: &source)
    let format = input.format.rawValue + (input.isDetected ? " (by its content)" : "")
    try StandardOutput.write(
      TraceText(description, format: format, tally: source.tally).text)
  }
}
