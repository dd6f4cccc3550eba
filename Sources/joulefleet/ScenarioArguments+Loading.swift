import Scenarios

extension ScenarioArguments {
  /// The scenario, checked. Throws an `InputError` for the first thing that is wrong.
  func load() throws -> Scenario {
    guard let scenario else { preconditionFailure("no scenario was asked for") }
    return try Scenario.load(
      path: scenario, catalog: Catalog.load(path: calibration.folder), tracePath: trace,
      seed: seed, engineArguments: engineArguments)
  }
}
