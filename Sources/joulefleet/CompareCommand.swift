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
      ("always-<arm>"), so that a policy is seen beside the arms that it chooses from and the \
      random mixes of these. Queries and their luck are the same for all. Everything is repeated \
      under other seeds and other draws of the calibration; differences come with 95 % intervals \
      for each source of uncertainty, and the verdict claims no more than they allow.

        joulefleet compare scenarios/quickstart.yaml --output out/quickstart
        joulefleet compare scenarios/quickstart.yaml --replications 20 --calibration-draws 20
        joulefleet compare scenarios/quickstart.yaml --policies-only --json -
      """)

  @OptionGroup var input: ScenarioArguments

  @Flag(help: "Leave the fixed arms out.")
  var policiesOnly = false

  @Option(
    help: ArgumentHelp(
      "Seeds under which everything is run, in place of the scenario's comparison.replications.",
      valueName: "count"))
  var replications: Int?

  @Option(
    help: ArgumentHelp(
      "Draws of the calibration, in place of the scenario's comparison.calibration_draws.",
      valueName: "count"))
  var calibrationDraws: Int?

  @OptionGroup var output: OutputArguments

  func validate() throws {
    guard input.scenario != nil else { throw ValidationError("give a scenario file") }
    let mostReplications = ComparisonSpecification.mostReplications
    if let replications, !(1...mostReplications).contains(replications) {
      throw ValidationError("--replications is 1 to \(mostReplications), not \(replications)")
    }
    let mostDraws = ComparisonSpecification.mostCalibrationDraws
    if let draws = calibrationDraws, draws == 1 || !(0...mostDraws).contains(draws) {
      throw ValidationError("--calibration-draws is 0 or 2 to \(mostDraws), not \(draws)")
    }
  }

  mutating func run() async throws {
    let scenario = try input.load()
    var specification = scenario.comparison
    if let replications { specification.replications = replications }
    if let calibrationDraws { specification.calibrationDraws = calibrationDraws }
    let runs = try prepare(scenario)
    let catalog = try Catalog.load(path: input.calibration.folder)
    let rounds = try ComparisonRounds(specification, seed: scenario.seed) { seed in
      // A draw has a calibration of its own, a replication has the scenario's.
      let isDraw = seed == scenario.seed
      return try prepare(input.load(seed: seed, catalog: isDraw ? nil : catalog))
    }
    try await StudyCommand(
      runs: runs, context: StudyContext(scenario, version: Joulefleet.version), output: output,
      folder: output.folder(scenario: scenario.name + "-compare", isQuick: false), rounds: rounds
    ).execute()
  }

  private func prepare(_ scenario: Scenario) throws -> [PreparedRun] {
    let arms = policiesOnly ? [] : Array(scenario.arms.indices)
    return try arms.map { try scenario.prepareFixedArm($0) }
      + scenario.policies.indices.map { try scenario.prepare(policy: $0) }
  }
}
