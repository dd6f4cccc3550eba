import ArgumentParser
import Scenarios
import Studies

/// `joulefleet compare`: every policy and every arm on the same queries.
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Set every policy and every arm against each other on the same queries.",
    discussion: """
      Besides the declared policies, each arm is served to every query by itself \
      ("always-<arm>"), so that a policy is seen beside the arms that it chooses from. Queries \
      and their luck are the same for all; differences come with 95 % intervals.

        joulefleet compare scenarios/quickstart.yaml --output out/quickstart
        joulefleet compare scenarios/quickstart.yaml --policies-only --json -
      """)

  @OptionGroup var input: ScenarioArguments

  @Flag(help: "Leave the fixed arms out.")
  var policiesOnly = false

  @OptionGroup var output: OutputArguments

  func validate() throws {
    guard input.scenario != nil else { throw ValidationError("give a scenario file") }
  }

  mutating func run() async throws {
    let scenario = try input.load()
    let arms = policiesOnly ? [] : Array(scenario.arms.indices)
    let runs =
      try arms.map { try scenario.prepareFixedArm($0) }
      + scenario.policies.indices.map { try scenario.prepare(policy: $0) }
    try await StudyCommand(
      runs: runs, context: StudyContext(scenario, version: Joulefleet.version), output: output,
      folder: output.folder(scenario: scenario.name + "-compare", isQuick: false), compares: true
    ).execute()
  }
}
