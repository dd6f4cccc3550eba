import ArgumentParser
import Scenarios

/// The root command: what `joulefleet --help` teaches.
struct Joulefleet: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "joulefleet",
    abstract: "Simulates fleets that serve language models: joules, latency, right answers.",
    discussion: """
      Which models, thinking how hard about which query, on which GPUs, routed how, cost how many \
      joules? Describe traffic, fleet and policies in a scenario, or in one line:

        joulefleet compare scenarios/quickstart.yaml
        joulefleet run --quick gpu=h100-sxm,model=qwen2.5-7b,concurrency=32,prompt=500,output=200
        joulefleet curves gpu=h100-sxm model=qwen2.5-7b
        joulefleet list models
      """,
    version: version,
    subcommands: [
      RunCommand.self, CompareCommand.self, PlanCommand.self, SweepCommand.self,
      SweepWorkerCommand.self, ExportCommand.self, ReproduceCommand.self, ValidateCommand.self,
      ListCommand.self, CurvesCommand.self, TraceCommand.self, CalibrateCommand.self,
    ])
}

extension Joulefleet {
  /// Throws for a first argument that is no command, with the nearest one.
  static func checkName(of argument: String?) throws(InputError) {
    guard let argument, !argument.hasPrefix("-"), argument != "help" else { return }
    let commands = configuration.subcommands.map { $0.configuration }
    let names = commands.compactMap(\.commandName)
    guard !names.contains(argument) else { return }
    let shown = commands.filter(\.shouldDisplay).compactMap(\.commandName)
    throw InputError(
      problem: "there is no command \"\(argument)\"",
      expectation: "one of \(shown.joined(separator: ", "))",
      suggestion: NearestName.to(argument, among: shown))
  }
}
