import ArgumentParser
import Scenarios
import Studies

/// `joulefleet run`: every declared policy of a scenario, or one line of `--quick`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Simulate a scenario and write what came of it.",
    discussion: """
      Simulates each policy that the scenario declares, prints a summary and writes a folder with \
      report.html, summary.json, requests.csv and timeseries.csv.

        joulefleet run scenarios/quickstart.yaml
        joulefleet run scenarios/azure-conversation.yaml --trace conversation.csv
        joulefleet run --quick gpu=l40s,model=qwen2.5-1.5b,concurrency=1,prompt=30,output=128

      --quick keys: \(QuickScenario.keyNames.joined(separator: ", ")). Lengths are a number, \
      exp:1000 or lognormal:1000:0.8. A quick run writes no folder unless --output names one.
      """)

  @OptionGroup var input: ScenarioArguments

  @Option(
    help: ArgumentHelp(
      "A whole scenario in one line, in place of a file.", valueName: "key=value,…"))
  var quick: String?

  @Option(
    name: .customLong("policy"),
    help: ArgumentHelp("Only this policy (may be repeated).", valueName: "name"))
  var policies: [String] = []

  @Flag(help: "With --quick: print the scenario file that the line stands for, and stop.")
  var printScenario = false

  @OptionGroup var output: OutputArguments

  func validate() throws {
    guard (quick == nil) != (input.scenario == nil) else {
      throw ValidationError("give a scenario file or --quick key=value,…, one of them")
    }
    if printScenario, quick == nil {
      throw ValidationError("--print-scenario goes with --quick")
    }
  }

  mutating func run() async throws {
    if let quick, printScenario {
      let catalog = try Catalog.load(path: input.calibration.folder)
      return try StandardOutput.write(
        try QuickScenario.text(of: quick, devices: catalog.devices))
    }
    let scenario = try loadScenario()
    let runs = try scenario.policyIndices(named: policies).map {
      try scenario.prepare(policy: $0)
    }
    try await StudyCommand(
      runs: runs, context: StudyContext(scenario, version: Joulefleet.version), output: output,
      folder: output.folder(scenario: scenario.name, isQuick: quick != nil)
    ).execute()
  }

  private func loadScenario() throws -> Scenario {
    guard let quick else { return try input.load() }
    return try QuickScenario.parse(
      quick, catalog: Catalog.load(path: input.calibration.folder), seed: input.seed,
      engineArguments: input.engineArguments)
  }
}
