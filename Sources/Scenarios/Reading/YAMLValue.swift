public import Quantities
internal import Yams

/// One value of a YAML file with its place, waiting to be read as what it should be.
///
/// Every reading function throws an `InputError` that points at the value.
public struct YAMLValue {
  let node: Node
  let file: String
  /// The key path of the mapping that holds the value.
  let parentPath: String
  /// The value's key, with its index where it stands in a list: `pools[0]`.
  let label: String

  /// The key path of the value itself.
  var path: String { parentPath.isEmpty ? label : "\(parentPath).\(label)" }

  /// An error at this value.
  public func error(
    _ problem: String, expected expectation: String? = nil, suggestion: String? = nil
  ) -> InputError {
    InputError(
      file: file, line: node.mark?.line, column: node.mark?.column, keyPath: parentPath,
      problem: problem, expectation: expectation, suggestion: suggestion)
  }

  /// The error that says what the value is and what it should have been.
  public func isNot(_ expectation: String, suggestion: String? = nil) -> InputError {
    error("\(label) is \(written)", expected: expectation, suggestion: suggestion)
  }

  /// The value as an error quotes it; long text is cut.
  var written: String {
    switch node {
    case .mapping: return "a mapping"
    case .sequence: return "a list"
    case .alias: return "an alias"
    case .scalar(let scalar):
      if isEmpty { return "empty" }
      let text = scalar.string.count > 60 ? scalar.string.prefix(57) + "…" : scalar.string[...]
      return plainText != nil && NumberSyntax.double(String(text)) != nil
        ? String(text) : "\"\(text)\""
    }
  }

  public var isMapping: Bool { node.mapping != nil }
  public var isList: Bool { node.sequence != nil }

  /// Nothing after the colon, or YAML's null.
  var isEmpty: Bool {
    guard let plainText else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(plainText)
  }

  /// The text of an unquoted scalar: the only kind that may be a number or true or false.
  var plainText: String? {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else {
      return nil
    }
    return scalar.string
  }
}

extension YAMLValue {
  /// A text that is not empty.
  public func string() throws(InputError) -> String {
    guard let scalar = node.scalar, !isEmpty, !scalar.string.isEmpty else {
      throw isNot("a text")
    }
    return scalar.string
  }

  /// A name: lower-case letters, digits, `.`, `_` and `-`, as file names and columns can carry.
  public func name() throws(InputError) -> String {
    let text = try string()
    let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    guard text.allSatisfy(allowed.contains), text.first != "-" else {
      throw isNot("a name of lower-case letters, digits, \".\", \"_\" and \"-\"")
    }
    return text
  }

  /// One of `names`.
  public func choice(among names: [String]) throws(InputError) -> String {
    let text = try string()
    guard names.contains(text) else {
      throw isNot(InputError.oneOf(names), suggestion: NearestName.to(text, among: names))
    }
    return text
  }

  /// One of the cases of `Choice`, by its name in files.
  public func choice<Choice: CaseIterable & RawRepresentable<String>>(
    of kind: Choice.Type
  ) throws(InputError) -> Choice {
    let names = kind.allCases.map(\.rawValue)
    guard let found = Choice(rawValue: try choice(among: names)) else {
      throw isNot(InputError.oneOf(names))
    }
    return found
  }

  public func bool() throws(InputError) -> Bool {
    switch plainText {
    case "true": return true
    case "false": return false
    default: throw isNot("true or false")
    }
  }

  public func int(in range: PartialRangeFrom<Int>) throws(InputError) -> Int {
    try int(in: range.lowerBound...Int.max)
  }

  public func int(in range: ClosedRange<Int>) throws(InputError) -> Int {
    let bound = range.upperBound == .max ? "" : " and ≤ \(range.upperBound)"
    let floor = range.lowerBound == .min ? "" : " ≥ \(range.lowerBound)"
    guard let text = plainText, let number = NumberSyntax.int(text), range.contains(number) else {
      throw isNot("a whole number\(floor)\(bound)")
    }
    return number
  }

  public func unsigned() throws(InputError) -> UInt64 {
    guard let text = plainText, let number = UInt64(text) else {
      throw isNot("a whole number ≥ 0 and < 2^64")
    }
    return number
  }

  public func double(_ bounds: Bounds = .any) throws(InputError) -> Double {
    guard let text = plainText, let number = NumberSyntax.double(text), bounds.contains(number)
    else { throw isNot(bounds.description) }
    return number
  }

  /// A time with its unit: `500 ms`, `60 s`, `30 min`, `24 h`, `7 d`.
  public func duration(_ bounds: Bounds = .positive) throws(InputError) -> SimDuration {
    guard let text = plainText, let seconds = DurationSyntax.seconds(text),
      bounds.contains(seconds), seconds < DurationSyntax.longest
    else { throw isNot(DurationSyntax.expectation(bounds)) }
    return SimDuration(rounding: seconds)
  }

  /// A time in milliseconds, as keys that end in `_ms` hold it.
  public func milliseconds(_ bounds: Bounds = .positive) throws(InputError) -> SimDuration {
    let milliseconds = try double(bounds)
    guard milliseconds < DurationSyntax.longest * 1e3 else {
      throw isNot("\(bounds), in milliseconds, and less than 100 years")
    }
    return SimDuration(rounding: milliseconds / 1e3)
  }

  /// The elements of a list of at least `minimum`, each read by `read`.
  public func list<Element>(
    atLeast minimum: Int = 1, _ read: (YAMLValue) throws -> Element
  ) throws -> [Element] {
    guard let sequence = node.sequence, sequence.count >= minimum else {
      let found = node.sequence.map { "a list of \($0.count)" } ?? written
      throw error(
        "\(label) is \(found)",
        expected: minimum == 0 ? "a list" : "a list of at least \(minimum)")
    }
    return try sequence.enumerated().map { index, node in
      try read(
        YAMLValue(node: node, file: file, parentPath: parentPath, label: "\(label)[\(index)]"))
    }
  }

  /// A mapping read by `read`; a key that `read` did not ask for is an error.
  public func mapping<Result>(_ read: (YAMLMapping) throws -> Result) throws -> Result {
    guard let mapping = node.mapping else { throw isNot("a mapping of keys to values") }
    return try YAMLMapping(mapping, file: file, path: path).read(read)
  }

  /// The mapping for reading some of its keys: the others are left alone.
  func openMapping() throws(InputError) -> YAMLMapping {
    guard let mapping = node.mapping else { throw isNot("a mapping of keys to values") }
    return try YAMLMapping(mapping, file: file, path: path)
  }
}
