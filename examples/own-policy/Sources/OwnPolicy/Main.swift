import Scenarios
import Studies

/// Sets a policy of one's own beside those of a scenario file: `swift run OwnPolicy FILE CALIBRATION`.
@main
struct Main {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      return print("give a scenario file and a calibration folder")
    }
    let scenario = try Scenario.load(
      path: arguments[1], catalog: try Catalog.load(path: arguments[2]))
    let last = scenario.arms.count - 1
    let own = try scenario.prepare(name: "length-guess", arms: [0, last]) {
      LengthGuess(small: 0, large: last)
    }
    let context = StudyContext(scenario, version: "own")
    let runs = try await RunExecutor(threadLimit: 2).execute(scenario.preparedRuns() + [own])
    for run in runs {
      let figures = PolicyFigures(run, in: context)
      let joules = figures.energyPerRequest ?? 0
      let accuracy = (figures.accuracy?.mean ?? 0) * 100
      print("\(run.name): \(joules) J a request, \(accuracy) % right")
    }
  }
}
