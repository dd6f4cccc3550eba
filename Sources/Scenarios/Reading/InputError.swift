/// Something that the user wrote is wrong: where, what, and what would be right.
///
/// The fields are facts; `description` is the only place where they become a sentence.
public struct InputError: Error, Hashable, Sendable {
  /// The file as the user gave it, or what stands in for one (`--quick`); nil where none is meant.
  public var file: String?
  /// From 1; nil where the whole file is meant.
  public var line: Int?
  /// From 1, in characters; nil where the whole line is meant.
  public var column: Int?
  /// The mapping that holds the offending key, as `fleet.pools[0]`; empty at the top level.
  public var keyPath: String
  /// What is wrong, with the offending key and value: `replicas is -3`.
  public var problem: String
  /// What would have been right: `a whole number ≥ 1`.
  public var expectation: String?
  /// The nearest valid name.
  public var suggestion: String?

  public init(
    file: String? = nil, line: Int? = nil, column: Int? = nil, keyPath: String = "",
    problem: String, expectation: String? = nil, suggestion: String? = nil
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.keyPath = keyPath
    self.problem = problem
    self.expectation = expectation
    self.suggestion = suggestion
  }
}

extension InputError: CustomStringConvertible {
  /// `file:line:column: problem in keyPath; expected expectation; did you mean "suggestion"?`
  public var description: String {
    var place = file ?? ""
    if let line { place += ":\(line)" }
    if line != nil, let column { place += ":\(column)" }
    var text = place.isEmpty ? problem : "\(place): \(problem)"
    if !keyPath.isEmpty { text += " in \(keyPath)" }
    if let expectation { text += "; expected \(expectation)" }
    if let suggestion { text += "; did you mean \"\(suggestion)\"?" }
    return text
  }
}

extension InputError {
  /// `names` as a list for `expectation`: `one of a, b, c`, in the order given.
  static func oneOf(_ names: [String]) -> String {
    switch names.count {
    case 0: "nothing"
    case 1: names[0]
    default: "one of " + names.joined(separator: ", ")
    }
  }
}
