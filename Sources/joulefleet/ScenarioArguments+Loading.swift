import Scenarios

extension ScenarioArguments {
  /// The scenario, checked. Throws an `InputError` for the first thing that is wrong.
  ///
  /// `seed` takes the place of the one that was asked for; without a catalog it is read.
  func load(seed other: UInt64? = nil, catalog: Catalog? = nil) throws -> Scenario {
    guard let scenario else { preconditionFailure("no scenario was asked for") }
    return try Scenario.load(
      path: scenario, catalog: catalog ?? Catalog.load(path: calibration.folder),
      tracePath: trace, seed: other ?? seed, engineArguments: engineArguments)
  }
}
