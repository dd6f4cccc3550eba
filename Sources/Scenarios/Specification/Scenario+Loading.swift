extension Scenario {
  /// Reads the scenario in the file at `path`.
  ///
  /// `tracePath` takes the place of the scenario's trace, `seed` of its seed. Throws an
  /// `InputError` for the first thing that is wrong.
  public static func load(
    path: String, catalog: Catalog, tracePath: String? = nil, seed: UInt64? = nil
  ) throws -> Scenario {
    try parse(
      text: try InputFile.text(at: path), file: path, catalog: catalog, tracePath: tracePath,
      seed: seed)
  }

  /// The same from text; `file` is the name that errors carry and the scenario's name comes from.
  public static func parse(
    text: String, file: String, catalog: Catalog, tracePath: String? = nil, seed: UInt64? = nil
  ) throws -> Scenario {
    try ScenarioReader(
      catalog: catalog, file: file, text: text, tracePath: tracePath, seed: seed
    ).read()
  }
}
