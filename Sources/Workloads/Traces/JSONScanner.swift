/// Reads JSON text piece by piece, as its reader asks for it.
///
/// The text is in memory; nothing is built of it but what is asked for. Errors name line and
/// column.
struct JSONScanner {
  private static let deepestNesting = 64

  private(set) var bytes: [UInt8] = []
  private var position = 0
  /// Number of the line that the text begins with.
  private var firstLine = 1

  /// Starts on another text; its first line has the given number.
  mutating func load(_ text: ArraySlice<UInt8>, line: Int) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: text)
    position = 0
    firstLine = line
  }

  /// The next byte that is no blank, or 0 at the end.
  private mutating func peek() -> UInt8 {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      position += 1
    }
    return 0
  }

  /// Where the value that comes next begins.
  mutating func mark() -> Int {
    _ = peek()
    return position
  }

  private mutating func takes(_ byte: UInt8) -> Bool {
    guard peek() == byte, position < bytes.count else { return false }
    position += 1
    return true
  }

  /// Reads an object; `member` reads the value of each key.
  mutating func object(
    _ what: String, _ member: (inout JSONScanner, Key) throws -> Void
  ) throws {
    guard takes(UInt8(ascii: "{")) else { throw isNot("an object", what) }
    guard !takes(UInt8(ascii: "}")) else { return }
    repeat {
      let key = try key()
      guard takes(UInt8(ascii: ":")) else {
        throw isNot("a colon", "a colon before the value of a key")
      }
      try member(&self, key)
    } while takes(UInt8(ascii: ","))
    guard takes(UInt8(ascii: "}")) else {
      throw isNot("a comma or }", what.isEmpty ? "" : "one in \(what)")
    }
  }

  /// Reads an array; `element` reads each of its values.
  mutating func array(_ what: String, _ element: (inout JSONScanner) throws -> Void) throws {
    guard takes(UInt8(ascii: "[")) else { throw isNot("an array", what) }
    guard !takes(UInt8(ascii: "]")) else { return }
    repeat { try element(&self) } while takes(UInt8(ascii: ","))
    guard takes(UInt8(ascii: "]")) else {
      throw isNot("a comma or ]", what.isEmpty ? "" : "one in \(what)")
    }
  }

  /// Throws where more than blanks follow.
  mutating func end() throws {
    guard mark() == bytes.count else { throw isNot("the end", "nothing after the value") }
  }

  /// A key of an object, not yet decoded.
  struct Key {
    let bytes: Range<Int>
  }

  private mutating func key() throws -> Key { Key(bytes: try rawString("a key in quotes")) }

  /// Whether a key is spelled so, without escapes.
  func matches(_ key: Key, _ name: StaticString) -> Bool {
    guard key.bytes.count == name.utf8CodeUnitCount else { return false }
    return name.withUTF8Buffer { name in
      for (offset, index) in key.bytes.enumerated() where bytes[index] != name[offset] {
        return false
      }
      return true
    }
  }

  func text(_ key: Key) -> String { String(decoding: bytes[key.bytes], as: UTF8.self) }

  /// A whole number ≥ 0.
  mutating func whole(_ what: String, most: Int = DecimalText.mostTokens) throws -> Int {
    let start = mark()
    var value = 0
    while position < bytes.count, case let digit = bytes[position] &- 0x30, digit < 10,
      value <= most
    {
      value = value * 10 + Int(digit)
      position += 1
    }
    guard position > start, value <= most, !isInNumber else {
      throw isNot("a whole number from 0 to \(most)", what, at: start)
    }
    return value
  }

  /// A number; the range of its bytes.
  mutating func number(_ what: String) throws -> Range<Int> {
    let start = mark()
    while position < bytes.count, bytes[position] &- 0x30 < 10 || isInNumber { position += 1 }
    guard position > start else { throw isNot("a number", what, at: start) }
    return start..<position
  }

  private var isInNumber: Bool {
    guard position < bytes.count else { return false }
    switch bytes[position] {
    case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
      UInt8(ascii: "-"):
      return true
    default: return false
    }
  }

  /// A string without its quotes; its escapes stay as they are.
  mutating func string(_ what: String) throws -> String {
    String(decoding: bytes[try rawString(what)], as: UTF8.self)
  }

  /// The bytes between the quotes.
  mutating func rawString(_ what: String) throws -> Range<Int> {
    let start = mark()
    guard takes(UInt8(ascii: "\"")) else { throw isNot("a string", what) }
    let first = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else { throw isNot("a string that ends", what, at: start) }
    position += 1
    return first..<position - 1
  }

  /// Whether null comes next; then it is read.
  mutating func takesNull() -> Bool {
    guard peek() == UInt8(ascii: "n"), bytes[position...].starts(with: "null".utf8) else {
      return false
    }
    position += 4
    return true
  }

  /// Passes over the next value, whatever it is.
  mutating func skip(depth: Int = 0) throws {
    guard depth < Self.deepestNesting else {
      throw isNot("at most \(Self.deepestNesting) levels", "a value with fewer")
    }
    switch peek() {
    case UInt8(ascii: "{"): try object("") { scanner, _ in try scanner.skip(depth: depth + 1) }
    case UInt8(ascii: "["): try array("") { try $0.skip(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try rawString("a string")
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      let words: [[UInt8]] = [Array("true".utf8), Array("false".utf8), Array("null".utf8)]
      guard let word = words.first(where: { bytes[position...].starts(with: $0) }) else {
        throw isNot("a value", "JSON")
      }
      position += word.count
    default: _ = try number("a value")
    }
  }

  /// What comes next is not what the text must have here: `what`, which has to be an
  /// `expectation`.
  mutating func isNot(_ expectation: String, _ what: String, at place: Int? = nil) -> TraceError {
    let start = place ?? mark()
    let found = wrongPart(from: start)
    guard !found.isEmpty else {
      let isPlain = what.isEmpty || what == "JSON"
      return error(
        at: start, "the text ends too early", isPlain ? expectation : "\(expectation): \(what)")
    }
    return error(
      at: start, "\(TraceError.quote(found)) is not \(expectation)",
      what.isEmpty ? expectation : what)
  }

  /// A number or word without what ends it; of anything else the rest of its line.
  private func wrongPart(from start: Int) -> ArraySlice<UInt8> {
    let line = bytes[min(start, bytes.count)...].prefix { $0 != 0x0A && $0 != 0x0D }
    guard let first = line.first, !"{}[],:\"".utf8.contains(first) else { return line }
    return line.prefix { !",]} \t".utf8.contains($0) }
  }

  /// An error at a position of the text.
  func error(at position: Int, _ problem: String, _ expectation: String) -> TraceError {
    let before = bytes.prefix(position)
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return TraceError(
      line: firstLine + before.count { $0 == 0x0A }, column: position - lineStart + 1,
      problem: problem, expectation: expectation)
  }
}
