import ArgumentParser
import Scenarios
import Sweeps

/// What a batch system's task does: some units of a sweep, each into a file of its own.
struct SweepWorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep-worker",
    abstract: "Simulate one task of a sweep that was submitted to a batch system.",
    shouldDisplay: false)

  @Argument(help: ArgumentHelp("Folder of the work.", valueName: "folder"))
  var folder: String

  @Option(help: ArgumentHelp("Which submission.", valueName: "name"))
  var attempt: String

  @Option(help: ArgumentHelp("Which of its tasks.", valueName: "number"))
  var task: Int

  @OptionGroup var calibration: CalibrationArguments

  mutating func run() async throws {
    let work = SweepWorkFolder(path: folder)
    let runner = SweepRunner(
      identity: try work.identity(), catalog: try Catalog.load(path: calibration.folder))
    for unit in try work.units(attempt: attempt, task: task) {
      try work.write(try await runner.outcome(of: unit), of: unit)
    }
  }
}
