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
    let verdict =
      "\(scenario.name) is valid: \(Self.count(scenario.pools, "pool", "pools")), "
      + "\(Self.count(scenario.arms, "arm", "arms")), "
      + Self.count(scenario.policies, "policy", "policies")
    let lines = scenario.warnings.map { "warning: \($0)" } + [verdict]
    try StandardOutput.write(lines.map { $0 + "\n" }.joined())
  }

  private static func count(_ things: [some Any], _ one: String, _ many: String) -> String {
    "\(things.count) \(things.count == 1 ? one : many)"
  }
}
