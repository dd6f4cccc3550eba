import Quantities
import TestSupport
import Testing
import Workloads

/// Reads a whole trace.
func rows(
  _ text: String, pieceSize: Int = .max, origin: TraceTimestamp? = nil
) throws -> [Query] {
  var rules = TraceRules()
  rules.origin = origin
  return try queries(azureReader(text, pieceSize: pieceSize), rules)
}

/// A reader of an Azure trace.
func azureReader(_ text: String, pieceSize: Int = .max) -> CSVTraceReader {
  CSVTraceReader(ByteArraySource(text, pieceSize: pieceSize), columns: .azure)
}

/// All queries of a trace, those that follow others in time right after them.
func queries(
  _ reader: some TraceReader, _ rules: TraceRules = TraceRules(), seed: UInt64 = 1
) throws -> [Query] {
  var source = TraceSource(reader, rules: rules, seed: seed)
  return try queries(&source)
}

func queries(_ source: inout some QuerySource) throws -> [Query] {
  var queries: [Query] = []
  while var query = try source.next() {
    queries.append(query)
    while let next = try source.followUp(to: query, endedAt: query.arrival) {
      queries.append(next)
      query = next
    }
  }
  return queries
}

struct AzureTraceReaderTests {
  static let header = "TIMESTAMP,ContextTokens,GeneratedTokens"
  static let trace = [
    header, "2023-11-16 23:59:59.9999999,374,44", "2023-11-17T00:00:00,1,1000",
    "2023-11-17 00:00:00.000000001,999999999,2", "2023-11-17 00:00:00.000000001,5,6",
  ]

  private func expectRows(_ rows: [Query]) {
    #expect(rows.map(\.id) == [0, 1, 2, 3])
    #expect(rows.map(\.arrival.nanoseconds) == [0, 100, 101, 101])
    #expect(rows.map(\.promptTokens) == [374, 1, 999_999_999, 5])
    #expect(rows.map(\.recordedOutputTokens) == [44, 1000, 2, 6])
  }

  @Test(arguments: ["\n", "\r\n"], ["", "\n", "\r\n", "\r\n\r\n\n"])
  func `line ends may be LF or CR LF, the last absent or repeated`(
    lineEnd: String, fileEnd: String
  ) throws {
    expectRows(try rows(Self.trace.joined(separator: lineEnd) + fileEnd))
  }

  @Test(arguments: [1, 2, 3, 7, 64, 1000])
  func `the pieces in which bytes come do not matter`(pieceSize: Int) throws {
    expectRows(try rows(Self.trace.joined(separator: "\r\n"), pieceSize: pieceSize))
  }

  @Test func `a byte order mark before the header is skipped`() throws {
    expectRows(try rows("\u{FEFF}" + Self.trace.joined(separator: "\n")))
  }

  @Test func `arrivals count from a given origin`() throws {
    let origin = try #require(TraceTimestamp("2023-11-16 23:59:58"))
    let arrivals = try rows(Self.trace.joined(separator: "\n"), origin: origin).map(\.arrival)
    #expect(arrivals.first == SimTime(nanoseconds: 1_999_999_900))
    let later = try #require(TraceTimestamp("2023-11-17 00:00:00"))
    let error = #expect(throws: TraceError.self) {
      try rows(Self.trace.joined(separator: "\n"), origin: later)
    }
    #expect(error?.line == 2 && error?.problem.contains("before the origin") == true)
  }

  /// Seconds since 1970 by `date -u -d … +%s`.
  @Test(
    arguments: [
      ("1970-01-01 00:00:00", 0), ("2000-02-29 12:34:56", 951_827_696),
      ("2023-11-16 18:15:46", 1_700_158_546), ("2100-03-01 00:00:00", 4_107_542_400),
      ("2261-12-31 23:59:59", 9_214_646_399),
    ] as [(String, Int64)])
  func `times follow the calendar`(text: String, seconds: Int64) {
    #expect(TraceTimestamp(text)?.nanoseconds == seconds * 1_000_000_000)
  }

  @Test(
    arguments: [
      ("2024-05-12 00:00:00.003101+00:00", 1_715_472_000_003_101_000),
      ("2024-05-12 00:00:00Z", 1_715_472_000_000_000_000),
      ("2024-05-12 01:30:00.5+01:30", 1_715_472_000_500_000_000),
      ("2024-05-11 19:00:00-05:00", 1_715_472_000_000_000_000),
    ] as [(String, Int64)])
  func `a zone is taken into account`(text: String, nanoseconds: Int64) {
    #expect(TraceTimestamp(text)?.nanoseconds == nanoseconds)
  }

  @Test func `a trace over all the years that are read is exact`() throws {
    let text = "\(Self.header)\n1970-01-01 00:00:00,1,1\n2261-12-31 23:59:59.999999999,1,1"
    let arrival = try #require(try rows(text).last).arrival
    #expect(arrival.nanoseconds == 9_214_646_399_999_999_999)
  }
}

struct TraceErrorTests {
  static let row = "2023-11-16 18:15:46.6805900,374,44"

  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int
    var column: Int?
    /// What the message holds, in order.
    var words: [String]
    var testDescription: String { words.joined(separator: " … ") }
  }

  /// A trace whose third line is `row`.
  private static func third(_ row: String, _ column: Int?, _ words: String...) -> Case {
    Case(
      text: "\(AzureTraceReaderTests.header)\r\n\(Self.row)\r\n\(row)\r\n\(Self.row)", line: 3,
      column: column, words: words)
  }

  static let cases: [Case] = [
    Case(text: "", line: 1, column: nil, words: ["empty", "a header and rows"]),
    Case(text: "\n", line: 1, column: 1, words: ["no column \"TIMESTAMP\"", "are \"\""]),
    Case(text: row, line: 1, column: 1, words: ["no column \"TIMESTAMP\"", "\"374\""]),
    Case(
      text: "timestamp,in,out\n" + row, line: 1, column: 1,
      words: ["no column", "\"timestamp\", \"in\", \"out\""]),
    Case(
      text: "TIMESTAMP,ContextTokens,ContextTokens\n" + row, line: 1, column: 1,
      words: ["\"ContextTokens\" is there twice"]),
    Case(
      text: AzureTraceReaderTests.header, line: 2, column: nil, words: ["empty trace", "one row"]),
    Case(
      text: AzureTraceReaderTests.header + "\r\n\r\n", line: 3, column: nil,
      words: ["empty trace"]),
    third("", nil, "line is empty", "3 columns"),
    third("2023-11-16 18:15:47", nil, "has 1 column;"),
    third("2023-11-16 18:15:47,5", nil, "has 2 columns", "3, as the header has"),
    third("2023-11-16 18:15:47,5,6,", nil, "has 4 columns"),
    third(",5,6", 1, "\"\" is not a time"),
    third("2023-11-16 18:15:47 ,5,6", 1, "is not a time", "YYYY-MM-DD"),
    third("2023-11-16 18:15:47z,5,6", 1, "is not a time", "with or without a zone"),
    third("2023-11-16 18:15:47+0100,5,6", 1, "is not a time"),
    third("2023-11-16 18:15:47+01:60,5,6", 1, "is not a time"),
    third("2023-11-16 18:15:47 01:00,5,6", 1, "is not a time"),
    third("2023-11-16 18:15:47.,5,6", 1, "is not a time"),
    third("2023-11-16 18:15:47.0123456789,5,6", 1, "is not a time", "9 decimals"),
    third("2023-11-16 18:15:47.01x,5,6", 1, "is not a time"),
    third("2023-11-16 24:15:47,5,6", 1, "is not a time"),
    third("2023-11-16 18:60:47,5,6", 1, "is not a time"),
    third("2023-11-16 18:15:60,5,6", 1, "is not a time"),
    third("2023-11-31 18:15:47,5,6", 1, "is not a time"),
    third("2023-02-29 18:15:47,5,6", 1, "is not a time"),
    third("2100-02-29 18:15:47,5,6", 1, "is not a time"),
    third("2023-00-16 18:15:47,5,6", 1, "is not a time"),
    third("2023-13-16 18:15:47,5,6", 1, "is not a time"),
    third("2023-11-00 18:15:47,5,6", 1, "is not a time"),
    third("1969-11-16 18:15:47,5,6", 1, "is not a time"),
    third("2262-11-16 18:15:47,5,6", 1, "is not a time"),
    third("2023/11/16 18:15:47,5,6", 1, "is not a time"),
    third("2023-11-16 18:15:46.6805899,5,6", nil, "before the one above", "out_of_order: sort"),
    third("2023-11-16 18:15:47,,6", 21, "\"\" is not a count of prompt tokens"),
    third("2023-11-16 18:15:47,5.0,6", 21, "\"5.0\" is not", "whole number"),
    third("2023-11-16 18:15:47,-5,6", 21, "\"-5\" is not"),
    third("2023-11-16 18:15:47, 5,6", 21, "\" 5\" is not"),
    third("2023-11-16 18:15:47,1000000000,6", 21, "\"1000000000\" is not", "999999999"),
    third("2023-11-16 18:15:47,\(String(repeating: "9", count: 99)),6", 21, "9…\" is not"),
    third("2023-11-16 18:15:47,5,six", 23, "\"six\" is not a count of output tokens"),
    third("2023-11-16 18:15:47,5,", 23, "\"\" is not"),
    third("2023-11-16 18:15:47,5,6\u{1}", 23, "\"6\\u{01}\" is not"),
    third("2023-11-16 18:15:47,\"5,6", nil, "quoted field does not end", "quote"),
    third("2023-11-16 18:15:47,\"5\"6,7", nil, "quoted field does not end"),
    third("2023-11-16 18:15:47,\"5\",\"x\"", 26, "\"x\" is not a count"),
  ]

  @Test(arguments: cases)
  func `each fault is told with its place and what was expected`(fault: Case) throws {
    let error = try #require(throws: TraceError.self) { try rows(fault.text) }
    #expect(error.line == fault.line && error.column == fault.column)
    var rest = error.description[...]
    for word in fault.words {
      let found = try #require(rest.firstRange(of: word), "\(error) should hold \(word)")
      rest = rest[found.upperBound...]
    }
  }

  @Test func `a line may be long, but not without bound`() throws {
    let long = String(repeating: "x", count: 70_000)
    #expect(throws: TraceError.self) { try rows("\(long),b\n1,2") }
    struct Endless: ByteSource {
      func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        buffer.initializeMemory(as: UInt8.self, repeating: 0x78)
        return buffer.count
      }
    }
    var reader = CSVTraceReader(Endless(), columns: .azure)
    let error = #expect(throws: TraceError.self) { try reader.next() }
    #expect(error?.problem == "the line is too long" && error?.line == 1)
  }

  @Test func `rows before a fault are read, and the fault stays`() throws {
    let text = "\(AzureTraceReaderTests.header)\n\(Self.row)\n\(Self.row)\noops"
    var source = TraceSource(azureReader(text), seed: 1)
    #expect(try source.next()?.promptTokens == 374)
    #expect(try source.next()?.id == 1)
    for _ in 0..<2 { #expect(throws: TraceError.self) { try source.next() } }
  }

  @Test func `the end stays the end`() throws {
    var source = TraceSource(
      azureReader("\(AzureTraceReaderTests.header)\n\(Self.row)"), seed: 1)
    #expect(try source.next() != nil)
    for _ in 0..<2 { #expect(try source.next() == nil) }
  }

  private struct BrokenSource: ByteSource {
    struct Failure: Error {}
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { throw Failure() }
  }

  @Test func `an error of the byte source passes through`() {
    var source = TraceSource(CSVTraceReader(BrokenSource(), columns: .azure), seed: 1)
    for _ in 0..<2 { #expect(throws: BrokenSource.Failure.self) { try source.next() } }
  }
}
