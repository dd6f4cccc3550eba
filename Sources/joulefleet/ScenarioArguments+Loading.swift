import Scenarios

extension ScenarioArguments {
  /// The scenario, checked. Throws an `InputError` for the first thing that is wrong.
  ///
  /// `seed` takes the place of the one that was asked for; without a catalog it is read.
  func load(seed other: UInt64? = nil, catalog: Catalog? = nil) throws -> Scenario {
    guard let scenario else { preconditionFailure("no scenario was asked for") }
    do {
      return try Scenario.load(
        path: scenario, catalog: catalog ?? Catalog.load(path: calibration.folder),
        tracePath: trace, seed: other ?? seed, engineArguments: engineArguments)
    } catch let error as InputError {
      throw Self.isPlan(scenario) ? Self.planForScenario(scenario) : error
    }
  }

  /// Whether a file that is no scenario is a plan.
  private static func isPlan(_ path: String) -> Bool {
    let text = (try? InputFile.text(at: path)) ?? ""
    return text.split(separator: "\n").contains { $0.hasPrefix("plan:") }
  }

  private static func planForScenario(_ path: String) -> InputError {
    InputError(
      file: path, problem: "this is a plan", expectation: "a scenario, or: joulefleet plan \(path)")
  }
}
