import ArgumentParser
import Scenarios

/// `joulefleet validate`: everything that `run` would check, nothing simulated or written.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check a scenario, its trace included, and simulate nothing.",
    discussion: "  joulefleet validate scenarios/quickstart.yaml")

  @OptionGroup var input: ScenarioArguments

  func validate() throws {
    guard input.scenario != nil else { throw ValidationError("give a scenario file") }
  }

  mutating func run() throws {
    let scenario = try input.load()
    try scenario.validateTrace()
    for warning in scenario.warnings { print("warning: \(warning)") }
    print(
      "\(scenario.name) is valid: \(scenario.pools.count) pools, \(scenario.arms.count) arms, "
        + "\(scenario.policies.count) policies")
  }
}
