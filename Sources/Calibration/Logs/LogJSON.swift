internal import Scenarios

/// A piece of JSON with the lines where its members stand.
///
/// Lists of numbers are kept as such: a benchmark's latencies are millions.
indirect enum LogJSON: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case numbers([Double])
  case array([LogJSON])
  case object([Member])

  struct Member: Sendable {
    let key: String
    let line: Int
    let value: LogJSON
  }

  /// The member of an object, or nil; of equal keys the last.
  subscript(key: String) -> LogJSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  /// A finite number.
  var number: Double? {
    guard case .number(let value) = self, value.isFinite else { return nil }
    return value
  }

  var text: String? {
    guard case .text(let value) = self else { return nil }
    return value
  }

  /// The elements of any list.
  var elements: [LogJSON]? {
    switch self {
    case .array(let elements): elements
    case .numbers(let values): values.map { .number($0) }
    default: nil
    }
  }

  /// A list of finite numbers; an empty list counts.
  var numbers: [Double]? {
    switch self {
    case .numbers(let values): values.allSatisfy(\.isFinite) ? values : nil
    case .array(let elements): elements.isEmpty ? [] : nil
    default: nil
    }
  }

  var isObject: Bool {
    if case .object = self { true } else { false }
  }

  /// What kind of thing it is, for errors.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .text: "a text"
    case .numbers, .array: "a list"
    case .object: "an object"
    }
  }

  /// Parses a whole text; `line` is the number of its first line in `file`.
  static func parse(_ bytes: ArraySlice<UInt8>, file: String, line: Int = 1) throws -> LogJSON {
    var parser = LogJSONParser(bytes, file: file, line: line)
    return try parser.document()
  }
}

extension LogPlace {
  /// The number under a key that must be there.
  func number(_ key: String, of object: LogJSON) throws -> Double {
    guard let value = object[key] else { throw error("missing key \"\(key)\"") }
    guard let number = value.number else {
      throw error("\(key) is \(value.kind)", expected: "a finite number")
    }
    return number
  }

  /// The number under a key that may be missing or null, but not anything else.
  func optionalNumber(_ key: String, of object: LogJSON) throws -> Double? {
    guard let value = object[key] else { return nil }
    if case .null = value { return nil }
    return try number(key, of: object)
  }

  /// The list of numbers under a key that may be missing or null.
  func optionalNumbers(_ key: String, of object: LogJSON) throws -> [Double]? {
    guard let value = object[key] else { return nil }
    if case .null = value { return nil }
    guard let numbers = value.numbers else {
      throw error("\(key) is \(value.kind)", expected: "a list of finite numbers")
    }
    return numbers
  }
}
