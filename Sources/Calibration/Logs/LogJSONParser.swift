internal import Scenarios

/// Reads JSON as Python writes it (NaN and Infinity included), once through.
struct LogJSONParser {
  private static let deepestNesting = 64

  private let bytes: ArraySlice<UInt8>
  private let file: String
  private var index: Int
  private var line: Int
  private var depth = 0

  init(_ bytes: ArraySlice<UInt8>, file: String, line: Int) {
    self.bytes = bytes
    self.file = file
    self.line = line
    index = bytes.startIndex
  }

  mutating func document() throws -> LogJSON {
    let value = try value()
    guard peek() == 0, index == bytes.endIndex else { throw error("more than one value") }
    return value
  }

  private func error(_ problem: String, expected expectation: String? = "JSON") -> InputError {
    LogPlace(file: file, line: line).error(problem, expected: expectation)
  }

  /// The next byte that is no blank, or 0 at the end.
  private mutating func peek() -> UInt8 {
    while index < bytes.endIndex {
      let byte = bytes[index]
      guard byte == 32 || byte == 10 || byte == 13 || byte == 9 else { return byte }
      if byte == 10 { line += 1 }
      index += 1
    }
    return 0
  }

  private mutating func takes(_ byte: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: byte), index < bytes.endIndex else { return false }
    index += 1
    return true
  }

  private mutating func value() throws -> LogJSON {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestNesting else { throw error("nested too deeply") }
    switch peek() {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .text(try text())
    case 0: throw error("the text ends too early")
    default: return try word()
    }
  }

  private mutating func object() throws -> LogJSON {
    _ = takes("{")
    var members: [LogJSON.Member] = []
    guard !takes("}") else { return .object([]) }
    repeat {
      guard peek() == UInt8(ascii: "\"") else { throw error("a key is not a text") }
      let place = line
      let key = try text()
      guard takes(":") else { throw error("no colon after \"\(key)\"") }
      members.append(LogJSON.Member(key: key, line: place, value: try value()))
    } while takes(",")
    guard takes("}") else { throw error("an object does not end") }
    return .object(members)
  }

  private mutating func array() throws -> LogJSON {
    _ = takes("[")
    guard !takes("]") else { return .array([]) }
    var numbers: [Double] = []
    var others: [LogJSON] = []
    repeat {
      let element = try value()
      if others.isEmpty, case .number(let number) = element {
        numbers.append(number)
      } else {
        if others.isEmpty { others = numbers.map { .number($0) } }
        others.append(element)
      }
    } while takes(",")
    guard takes("]") else { throw error("a list does not end") }
    return others.isEmpty ? .numbers(numbers) : .array(others)
  }

  /// A text in quotes; escapes are resolved, broken surrogates become the replacement character.
  private mutating func text() throws -> String {
    _ = takes("\"")
    var characters: [UInt8] = []
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: characters, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &characters)
      case 10: throw error("a text does not end on its line")
      default: characters.append(byte)
      }
    }
    throw error("a text does not end")
  }

  private mutating func escape(into characters: inout [UInt8]) throws {
    guard index < bytes.endIndex else { throw error("a text does not end") }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "n"): characters.append(10)
    case UInt8(ascii: "t"): characters.append(9)
    case UInt8(ascii: "r"): characters.append(13)
    case UInt8(ascii: "b"): characters.append(8)
    case UInt8(ascii: "f"): characters.append(12)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): characters.append(byte)
    case UInt8(ascii: "u"):
      guard index + 4 <= bytes.endIndex,
        let code = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
      else { throw error("\\u without four hexadecimal digits") }
      index += 4
      let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
      characters.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw error("an unknown escape in a text")
    }
  }

  private mutating func word() throws -> LogJSON {
    let start = index
    while index < bytes.endIndex, Self.isWord(bytes[index]) { index += 1 }
    let word = bytes[start..<index]
    if let number = LogNumber.finite(word) { return .number(number) }
    switch String(decoding: word, as: UTF8.self) {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case "NaN": return .number(.nan)
    case "Infinity": return .number(.infinity)
    case "-Infinity": return .number(-.infinity)
    default: throw error("not JSON here")
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
  }
}
