import ArgumentParser
import Scenarios
import Workloads

/// `joulefleet trace generate`: what a scenario's workload would ask, as a trace.
struct TraceGenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Write the queries of a scenario, or of ServeGen's clients, as CSV.",
    discussion: """
        joulefleet trace generate scenarios/quickstart.yaml --seed 3 --to queries.csv
        joulefleet trace generate servegen/language/m-small --rate-scale 0.01 \\
          --from "20 h" --until "21 h" --to evening.csv

      The queries are those of a run with the same seed. With a folder of ServeGen's clients the \
      options of trace convert apply. An existing file is not replaced.
      """)

  @Argument(
    help: ArgumentHelp(
      "Scenario file (YAML), or folder of ServeGen's clients.", valueName: "scenario or folder"))
  var origin: String

  @OptionGroup var options: TraceOptions

  @Option(help: ArgumentHelp("Seed, in place of the scenario's own.", valueName: "number"))
  var seed: UInt64?

  @OptionGroup var calibration: CalibrationArguments

  @Option(help: ArgumentHelp("File to be written, or - for standard output.", valueName: "file"))
  var to: String

  mutating func run() throws {
    let output = TraceOutput(path: to)
    try output.check()
    guard !TraceInput.isFolder(origin) else {
      let input = try options.input(path: origin)
      let seed = seed ?? 1
      return try output.write { try input.makeSource(seed: seed, allowsMissingOutput: true) }
    }
    guard options.isEmpty else {
      throw ValidationError("a scenario says itself what it asks; give options with a folder only")
    }
    let scenario = try Scenario.load(
      path: origin, catalog: Catalog.load(path: calibration.folder), seed: seed)
    try scenario.checkHasArrivals()
    try output.write(taskNames: scenario.workload.tasks.map(\.name)) { try scenario.makeSource() }
  }
}
