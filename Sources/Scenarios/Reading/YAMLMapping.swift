internal import Yams

/// One mapping of a YAML file, read key by key; it remembers which keys were asked for.
///
/// Reading code is a flat list of getters: `try yaml["rate"].double(.positive)` for a required
/// key, `try yaml.optional("seed")?.unsigned() ?? 0` for one that may be left out. `finish()`
/// then refuses every key that was never asked for; `read` calls it by itself.
public final class YAMLMapping {
  /// The file as the user gave it.
  public let file: String
  /// The key path of the mapping; empty at the top level.
  public let path: String
  private let place: (line: Int, column: Int)?
  private let entries: [(key: String, keyNode: Node, value: Node)]
  /// In the order of the getters, so that errors list keys as the reading code does.
  private var knownKeys: [String] = []

  init(_ mapping: Node.Mapping, file: String, path: String) throws(InputError) {
    self.file = file
    self.path = path
    place = mapping.mark.map { ($0.line, $0.column) }
    var entries: [(key: String, keyNode: Node, value: Node)] = []
    for (keyNode, value) in mapping {
      guard let key = keyNode.scalar?.string else {
        throw InputError(
          file: file, line: keyNode.mark?.line, column: keyNode.mark?.column, keyPath: path,
          problem: "a key is not a text", expectation: "keys that are plain words")
      }
      entries.append((key, keyNode, value))
    }
    self.entries = entries
  }

  /// The value of a key that must be there.
  public subscript(key: String) -> YAMLValue {
    get throws(InputError) {
      if let value = optional(key) { return value }
      throw missing(key)
    }
  }

  /// The value of a key that may be left out.
  public func optional(_ key: String) -> YAMLValue? {
    if !knownKeys.contains(key) { knownKeys.append(key) }
    return entries.first { $0.key == key }.map {
      YAMLValue(node: $0.value, file: file, parentPath: path, label: key)
    }
  }

  /// Whether the key is there; counts as asking for it.
  public func has(_ key: String) -> Bool { optional(key) != nil }

  /// The keys in the order of the file, for mappings whose keys are names of the user's own.
  public var keys: [String] { entries.map(\.key) }

  /// An error at the mapping as a whole.
  public func error(
    _ problem: String, expected expectation: String? = nil, suggestion: String? = nil
  ) -> InputError {
    InputError(
      file: file, line: place?.line, column: place?.column, keyPath: path, problem: problem,
      expectation: expectation, suggestion: suggestion)
  }

  /// Throws if the mapping holds a key that was never asked for.
  public func finish() throws(InputError) {
    for entry in entries where !knownKeys.contains(entry.key) {
      throw InputError(
        file: file, line: entry.keyNode.mark?.line, column: entry.keyNode.mark?.column,
        keyPath: path, problem: "unknown key \"\(entry.key)\"",
        expectation: InputError.oneOf(knownKeys),
        suggestion: NearestName.to(entry.key, among: knownKeys))
    }
  }

  /// Reads the mapping with `body`, then refuses the keys that it did not ask for.
  public func read<Result>(_ body: (YAMLMapping) throws -> Result) throws -> Result {
    let result = try body(self)
    try finish()
    return result
  }

  /// A missing key is often a misspelt one: then the error points at that.
  private func missing(_ key: String) -> InputError {
    for entry in entries where !knownKeys.contains(entry.key) {
      guard NearestName.to(entry.key, among: [key]) != nil else { continue }
      return InputError(
        file: file, line: entry.keyNode.mark?.line, column: entry.keyNode.mark?.column,
        keyPath: path, problem: "missing key \"\(key)\", found \"\(entry.key)\"", suggestion: key)
    }
    return error("missing key \"\(key)\"")
  }
}
