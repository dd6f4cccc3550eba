internal import Yams

/// Options of an engine given on the command line: for every pool, or `POOL=…` for one.
struct EngineOverride {
  /// What errors call its place.
  static let place = "--engine-args"

  /// Nil for every pool.
  let pool: String?
  private let text: String

  init(_ argument: String) {
    let name = argument.prefix { $0 != "=" }
    let isPool =
      name.count < argument.count && !name.isEmpty && !name.hasPrefix("-")
      && name.allSatisfy { $0.isLowercase || $0.isNumber || "._-".contains($0) }
    pool = isPool ? String(name) : nil
    text = isPool ? String(argument.dropFirst(name.count + 1)) : argument
  }

  func line() throws(InputError) -> ServeLine {
    try ServeLine(
      YAMLValue(
        node: .scalar(Node.Scalar(text, .implicit, .plain)), file: Self.place, parentPath: "",
        label: Self.place))
  }

  /// Throws where an argument is for a pool that is not there.
  static func check(_ overrides: [EngineOverride], pools: [String]) throws(InputError) {
    for pool in overrides.compactMap(\.pool) where !pools.contains(pool) {
      throw InputError(
        file: place, problem: "no pool is called \"\(pool)\"",
        expectation: InputError.oneOf(pools), suggestion: NearestName.to(pool, among: pools))
    }
  }
}

extension InputError {
  /// Whether an option of the command line's engine is wrong, whatever file it was to go with.
  public var isOfEngineArguments: Bool { file == EngineOverride.place }
}
