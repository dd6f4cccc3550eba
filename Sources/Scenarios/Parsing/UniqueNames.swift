/// Names of one kind within a scenario: each may stand for one thing only.
struct UniqueNames {
  /// What the names name, as errors say it: `pool`.
  let kind: String
  private(set) var names: [String] = []

  init(_ kind: String) { self.kind = kind }

  /// Reads a name and remembers it.
  mutating func read(_ value: YAMLValue) throws -> String {
    let name = try value.name()
    try add(name, at: value)
    return name
  }

  mutating func add(_ name: String, at value: YAMLValue) throws {
    guard !names.contains(name) else {
      throw value.isNot("a name that no other \(kind) has")
    }
    names.append(name)
  }
}
