internal import Workloads

/// What a policy process answers to one request: `{"arm": "7b"}`, `{"arm": "7b", "replica": 3}` or
/// `{"reject": true}`.
struct DecisionLine {
  var arm: Int?
  var replica: Int?
  var isRejected = false

  /// Throws a `TraceError` without a place for a line that is none.
  init(_ line: ArraySlice<UInt8>, armNames: [String]) throws {
    var scanner = PolicyLineScanner(line)
    var decision = (arm: Int?.none, replica: Int?.none, isRejected: false)
    try scanner.object { name, value in
      switch (name, value) {
      case ("arm", .text(let text)):
        guard let index = armNames.firstIndex(of: text) else {
          throw PolicyLineError(
            problem: "names the arm \"\(text)\"", expectation: InputError.oneOf(armNames),
            suggestion: NearestName.to(text, among: armNames))
        }
        decision.arm = index
      case ("replica", .number(let number)):
        guard let whole = Int(exactly: number), whole >= 0 else {
          throw PolicyLineError(
            problem: "names replica \(number)", expectation: "a whole number from 0 on")
        }
        decision.replica = whole
      case ("reject", .truth(let truth)): decision.isRejected = truth
      case ("id", _): break
      default:
        throw PolicyLineError(
          problem: "holds an unexpected \"\(name)\"", expectation: "arm, replica or reject")
      }
    }
    guard decision.arm != nil || decision.isRejected else {
      throw PolicyLineError(problem: "names no arm", expectation: "{\"arm\": NAME}")
    }
    (arm, replica, isRejected) = decision
  }
}

/// A line of a policy process that makes no sense.
struct PolicyLineError: Error {
  var problem: String
  var expectation: String
  var suggestion: String?
}

/// Takes flat JSON objects apart.
struct PolicyLineScanner {
  enum Value {
    case text(String)
    case number(Double)
    case truth(Bool)
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  private mutating func peek() -> UInt8? {
    while position < bytes.endIndex, [0x20, 0x09, 0x0D].contains(bytes[position]) { position += 1 }
    return position < bytes.endIndex ? bytes[position] : nil
  }

  private mutating func take(_ byte: UInt8) throws(PolicyLineError) {
    guard peek() == byte else { throw malformed }
    position += 1
  }

  private var malformed: PolicyLineError {
    PolicyLineError(problem: "is no JSON object", expectation: "{\"arm\": NAME}")
  }

  mutating func object(_ member: (String, Value) throws -> Void) throws {
    try take(UInt8(ascii: "{"))
    if peek() == UInt8(ascii: "}") { return }
    while true {
      let name = try text()
      try take(UInt8(ascii: ":"))
      try member(name, try value())
      guard peek() == UInt8(ascii: ",") else { break }
      position += 1
    }
    try take(UInt8(ascii: "}"))
    guard peek() == nil else { throw malformed }
  }

  private mutating func value() throws(PolicyLineError) -> Value {
    switch peek() {
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t") where bytes[position...].starts(with: "true".utf8):
      position += 4
      return .truth(true)
    case UInt8(ascii: "f") where bytes[position...].starts(with: "false".utf8):
      position += 5
      return .truth(false)
    default:
      let start = position
      while position < bytes.endIndex, ![0x2C, 0x7D, 0x20].contains(bytes[position]) {
        position += 1
      }
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      guard let number = NumberSyntax.double(text) else { throw malformed }
      return .number(number)
    }
  }

  private mutating func text() throws(PolicyLineError) -> String {
    try take(UInt8(ascii: "\""))
    let start = position
    while position < bytes.endIndex, bytes[position] != UInt8(ascii: "\"") { position += 1 }
    guard position < bytes.endIndex else { throw malformed }
    position += 1
    return String(decoding: bytes[start..<position - 1], as: UTF8.self)
  }
}
