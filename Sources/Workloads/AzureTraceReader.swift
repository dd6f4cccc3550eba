internal import Quantities

/// The queries of an Azure LLM inference trace of 2023, in its CSV form, read as a stream.
///
/// Columns `TIMESTAMP,ContextTokens,GeneratedTokens`; lines end with CR LF or LF, the last one
/// also without. Memory is one buffer, whatever the length of the trace. The trace is published
/// with Patel et al., "Splitwise", ISCA 2024 (github.com/Azure/AzurePublicDataset).
public struct AzureTraceReader: QuerySource {
  static let header = "TIMESTAMP,ContextTokens,GeneratedTokens"
  /// More than any model's context; bounds the sums over a trace.
  static let mostTokens = 999_999_999

  private enum State {
    case atHeader, inRows, ended
    case failed(any Error)
  }

  private var lines: LineReader
  private var state = State.atHeader
  private var origin: TraceTimestamp?
  private var last: TraceTimestamp?
  private var nextID: UInt64 = 0
  private let task: Int

  /// Arrivals count from `origin`, or from the first row where it is nil; all queries are of
  /// `task`. Nothing is read yet.
  public init(_ source: any ByteSource, origin: TraceTimestamp? = nil, task: Int = 0) {
    lines = LineReader(source)
    self.origin = origin
    self.task = task
  }

  /// The next row. Throws `TraceError` where the trace is broken, and whatever the byte source
  /// throws; an error once thrown is thrown at every later call.
  public mutating func next() throws -> Query? {
    do {
      switch state {
      case .failed(let error): throw error
      case .ended: return nil
      case .atHeader:
        try readHeader()
        state = .inRows
      case .inRows: break
      }
      let query = try readRow()
      if query == nil { state = .ended }
      return query
    } catch {
      state = .failed(error)
      throw error
    }
  }

  private mutating func readHeader() throws {
    let expectation = "the header \(Self.header)"
    guard try lines.advance() else {
      throw TraceError(line: 1, column: nil, problem: "the file is empty", expectation: expectation)
    }
    var bytes = lines.bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }  // byte order mark
    guard !bytes.elementsEqual(Self.header.utf8) else { return }
    let first = bytes.prefix { $0 != UInt8(ascii: ",") }
    let problem =
      TraceTimestamp(bytes: first) != nil
      ? "the header is missing" : "the header is \(TraceError.quote(bytes))"
    throw TraceError(line: 1, column: 1, problem: problem, expectation: expectation)
  }

  private mutating func readRow() throws -> Query? {
    guard try lines.advance(), try !onlyBlankLinesFollow() else {
      guard nextID > 0 else {
        throw TraceError(
          line: lines.lineNumber + 1, column: nil, problem: "empty trace: no row after the header",
          expectation: "at least one row")
      }
      return nil
    }
    let fields = try self.fields()
    let time = try timestamp(fields.0)
    let promptTokens = try tokens(fields.1, "prompt")
    let outputTokens = try tokens(fields.2, "output")
    let start = origin ?? time
    (origin, last) = (start, time)
    defer { nextID += 1 }
    return Query(
      id: nextID, arrival: SimTime(nanoseconds: time.nanoseconds - start.nanoseconds), task: task,
      promptTokens: promptTokens, recordedOutputTokens: outputTokens)
  }

  /// Whether the current line and all after it are blank: a file may end with spare line ends.
  private mutating func onlyBlankLinesFollow() throws -> Bool {
    guard lines.bytes.isEmpty else { return false }
    let blank = lines.lineNumber
    while try lines.advance() {
      guard lines.bytes.isEmpty else {
        throw error(line: blank, nil, "the line is empty", "3 columns")
      }
    }
    return true
  }

  private typealias Fields = (ArraySlice<UInt8>, ArraySlice<UInt8>, ArraySlice<UInt8>)

  private func fields() throws -> Fields {
    let bytes = lines.bytes
    let comma = UInt8(ascii: ",")
    guard let first = bytes.firstIndex(of: comma),
      let second = bytes[(first + 1)...].firstIndex(of: comma),
      !bytes[(second + 1)...].contains(comma)
    else {
      let count = bytes.count { $0 == comma } + 1
      let noun = count == 1 ? "column" : "columns"
      throw error(nil, "the row has \(count) \(noun)", "3 columns: \(Self.header)")
    }
    return (bytes[..<first], bytes[(first + 1)..<second], bytes[(second + 1)...])
  }

  private func timestamp(_ field: ArraySlice<UInt8>) throws -> TraceTimestamp {
    guard let time = TraceTimestamp(bytes: field) else {
      throw error(field, "\(TraceError.quote(field)) is not a time", TraceTimestamp.format)
    }
    if let last, time < last {
      throw error(
        field, "\(TraceError.quote(field)) is before the row above", "rows in order of time")
    }
    if let origin, time < origin {
      throw error(field, "\(TraceError.quote(field)) is before the origin", "no earlier row")
    }
    return time
  }

  private func tokens(_ field: ArraySlice<UInt8>, _ kind: String) throws -> Int {
    var value = 0
    var isNumber = !field.isEmpty
    for byte in field {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), value <= Self.mostTokens else {
        isNumber = false
        break
      }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    guard isNumber, (1...Self.mostTokens).contains(value) else {
      throw error(
        field, "\(TraceError.quote(field)) is not a count of \(kind) tokens",
        "a whole number from 1 to \(Self.mostTokens)")
    }
    return value
  }

  private func error(
    line: Int? = nil, _ field: ArraySlice<UInt8>?, _ problem: String, _ expectation: String
  ) -> TraceError {
    TraceError(
      line: line ?? lines.lineNumber,
      column: field.map { $0.startIndex - lines.bytes.startIndex + 1 },
      problem: problem, expectation: expectation)
  }
}
