/// One value that takes the place of a scenario's own: a key path and what stands there.
public struct ScenarioSetting: Hashable, Sendable, CustomStringConvertible {
  /// Dotted, as `fleet.pools.chat.replicas` or `fleet.pools.0.replicas`: elements of lists go by
  /// their position or their name.
  public var path: String
  /// The value as YAML would have it after the colon.
  public var value: String

  public init(path: String, value: String) {
    self.path = path
    self.value = value
  }

  public var description: String { "\(path)=\(value)" }
}

/// The steps of a key path.
struct KeySteps {
  let path: String
  let steps: [Substring]

  /// Errors write positions as `pools[0]`; a path may too.
  init(_ path: String) throws(InputError) {
    self.path = path
    steps = path.replacing("[", with: ".").replacing("]", with: "")
      .split(separator: ".", omittingEmptySubsequences: false).map { $0 }
    guard !steps.isEmpty, steps.allSatisfy({ !$0.isEmpty }) else {
      throw InputError(
        problem: "the key path is \"\(path)\"",
        expectation: "keys with dots between, as fleet.pools.chat.replicas")
    }
  }

  /// The path down to, not including, the step at `index`, for errors.
  func prefix(_ index: Int) -> String { steps[..<index].joined(separator: ".") }
}
