/// Reads a query pool out of CSV or JSON lines: a row for each query and arm.
///
/// Columns: `query_id`, or `dataset_id`, `split` and `record_index` as LLMRouterBench has them;
/// `arm`, or `model_name`; `score`, `prompt_tokens`, `completion_tokens`; and where there are any
/// `task` and `split`. Of others only the declared features are looked at.
public struct QueryPoolReader {
  /// Columns of numbers, and of text, for policies to see.
  public let features: [String]
  public let texts: [String]

  public init(features: [String] = [], texts: [String] = []) {
    self.features = features
    self.texts = texts
  }

  /// Throws a `TraceError` at the first line that makes no sense.
  public func read(_ source: any ByteSource) throws -> QueryPool {
    var lines = LineReader(source)
    var builder = QueryPoolBuilder(features: features, texts: texts)
    guard try lines.advance() else {
      throw TraceError(
        line: 1, column: nil, problem: "the file is empty", expectation: "a header and rows")
    }
    if lines.bytes.first == UInt8(ascii: "{") {
      try readJSON(&lines, into: &builder)
    } else {
      try readCSV(&lines, into: &builder)
    }
    return try builder.pool(line: lines.lineNumber)
  }

  private func readCSV(_ lines: inout LineReader, into builder: inout QueryPoolBuilder) throws {
    var fields = CSVRow()
    var header: [String] = []
    repeat {
      if lines.bytes.isEmpty { continue }
      guard fields.split(lines.buffer, lines.line) else {
        throw TraceError(
          line: lines.lineNumber, column: nil, problem: "a quoted field does not end",
          expectation: "a quote before the next comma or the end of the line")
      }
      let cells = fields.fields.indices.map { fields.text(lines.buffer, $0) }
      guard !header.isEmpty else {
        header = cells
        // A byte order mark belongs to no name.
        if header[0].hasPrefix("\u{FEFF}") { header[0].removeFirst() }
        try builder.check(header)
        continue
      }
      guard cells.count == header.count else {
        throw TraceError(
          line: lines.lineNumber, column: nil, problem: "the row has \(cells.count) columns",
          expectation: "\(header.count), as the header has")
      }
      let row = Dictionary(zip(header, cells), uniquingKeysWith: { first, _ in first })
      try builder.add(row, line: lines.lineNumber)
    } while try lines.advance()
  }

  private func readJSON(_ lines: inout LineReader, into builder: inout QueryPoolBuilder) throws {
    var scanner = JSONScanner()
    repeat {
      if lines.bytes.isEmpty { continue }
      scanner.load(lines.bytes, line: lines.lineNumber)
      var row: [String: String] = [:]
      try scanner.object("a row") { scanner, key in
        let name = scanner.text(key)
        row[name] = try scanner.plainValue(name)
      }
      try scanner.end()
      try builder.add(row, line: lines.lineNumber)
    } while try lines.advance()
  }
}

extension JSONScanner {
  /// A string or number as its text; nil for anything else, which is passed over.
  fileprivate mutating func plainValue(_ name: String) throws -> String? {
    let start = mark()
    guard start < bytes.count else { throw isNot("a value", name) }
    switch bytes[start] {
    case UInt8(ascii: "\""): return try string(name)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return String(decoding: bytes[try number(name)], as: UTF8.self)
    case UInt8(ascii: "t"):
      try skip()
      return "1"
    case UInt8(ascii: "f"):
      try skip()
      return "0"
    default:
      try skip()
      return nil
    }
  }
}
