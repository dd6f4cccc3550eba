/// What is wrong with a trace, and where.
public struct TraceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where a trace is many files: which one; nil where it is one.
  public var file: String?
  /// From 1, the header included.
  public var line: Int
  /// Of the first byte of the part that is wrong, from 1; nil where it is the whole line.
  public var column: Int?
  public var problem: String
  public var expectation: String

  public init(
    file: String? = nil, line: Int, column: Int?, problem: String, expectation: String
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.problem = problem
    self.expectation = expectation
  }

  public var description: String {
    let place = column.map { "line \(line), column \($0)" } ?? "line \(line)"
    return "\(file.map { "\($0), " } ?? "")\(place): \(problem); expected \(expectation)"
  }
}

extension TraceError {
  /// Input in quotation marks for a message: cut short, control characters made visible.
  static func quote(_ bytes: some Collection<UInt8>) -> String {
    let limit = 40
    let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
    let visible = text.unicodeScalars.map { scalar in
      scalar.value < 0x20 || scalar.value == 0x7F ? scalar.escaped(asASCII: true) : "\(scalar)"
    }
    return "\"\(visible.joined())\(bytes.count > limit ? "…" : "")\""
  }
}
