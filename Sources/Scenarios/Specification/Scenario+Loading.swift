extension Scenario {
  /// Reads the scenario in the file at `path`.
  ///
  /// `tracePath` takes the place of the scenario's trace, `seed` of its seed, `engineArguments`
  /// (options of vllm serve, for every pool, or `POOL=…` for one) of what its pools say. Throws an
  /// `InputError` for the first thing that is wrong.
  public static func load(
    path: String, catalog: Catalog, tracePath: String? = nil, seed: UInt64? = nil,
    engineArguments: [String] = []
  ) throws -> Scenario {
    try parse(
      text: try InputFile.text(at: path), file: path, catalog: catalog, tracePath: tracePath,
      seed: seed, engineArguments: engineArguments)
  }

  /// The same from text; `file` is the name that errors carry and the scenario's name comes from.
  public static func parse(
    text: String, file: String, catalog: Catalog, tracePath: String? = nil, seed: UInt64? = nil,
    engineArguments: [String] = []
  ) throws -> Scenario {
    try ScenarioReader(
      catalog: catalog, file: file, text: text, tracePath: tracePath, seed: seed,
      engineArguments: engineArguments
    ).read()
  }
}
