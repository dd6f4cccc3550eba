/// A whole scenario in one line: `gpu=h100-sxm,model=qwen2.5-7b,concurrency=64,prompt=512,…`.
///
/// The line is turned into the text of a scenario file and read as one, so that a quick run is
/// exactly the run of the file that `--print-scenario` writes.
public enum QuickScenario {
  /// The name of its only policy, and what errors call the line's place.
  public static let policyName = "quick"
  static let place = "--quick"

  public static let keyNames = QuickLine.Key.allCases.map(\.rawValue)

  /// The scenario file that the line stands for. Names of model and task are not looked up, nor
  /// is the GPU's where there are no devices to ask.
  public static func text(
    of line: String, devices: DeviceCatalog? = nil
  ) throws(InputError) -> String {
    try QuickText(QuickLine(line), devices: devices).text
  }

  /// The scenario that the line stands for. `seed` takes the place of the line's own,
  /// `engineArguments` of what it says of the engine.
  public static func parse(
    _ line: String, catalog: Catalog, seed: UInt64? = nil, engineArguments: [String] = []
  ) throws -> Scenario {
    let text = try text(of: line, devices: catalog.devices)
    do {
      return try Scenario.parse(
        text: text, file: policyName, catalog: catalog, seed: seed,
        engineArguments: engineArguments)
    } catch var error as InputError {
      guard error.file == policyName else { throw error }
      // Lines of a file that the user never saw would only confuse.
      (error.file, error.line, error.column, error.keyPath) = (place, nil, nil, "")
      throw error
    }
  }
}
