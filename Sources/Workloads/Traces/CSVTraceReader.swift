internal import Quantities

/// A trace in CSV form, with a header, read as a stream.
///
/// Lines end with CR LF or LF, the last one also without; blank lines may only follow the last row.
public struct CSVTraceReader: TraceReader {
  public let hasCalendarTimes: Bool

  public let holdsSessions: Bool

  private let columns: TraceColumns
  /// By index: what `task` columns may hold; empty where nobody asks.
  private let taskNames: [String]
  private var lines: LineReader
  private var fields = CSVRow()
  /// The columns that are looked at, and where they stand.
  private var cells: [(index: Int, column: TraceColumns.Column)] = []
  /// Where the declared features stand, in their order.
  private var featureIndices: [Int] = []
  private var columnCount = 0
  private var hasArrivals = false
  private var hasThinkTimes = false
  private var isAtHeader = true
  private var rowCount = 0
  /// Whether the row read last has a think time: it follows the one above it.
  private var rowFollows = false
  /// The first row of the next entry, which ended the one handed out last.
  private var ahead: TraceEntry?

  /// Nothing is read yet. Rows that name a task name one of `taskNames`, where there are any.
  public init(_ source: any ByteSource, columns: TraceColumns, taskNames: [String] = []) {
    lines = LineReader(source)
    self.columns = columns
    self.taskNames = taskNames
    holdsSessions = columns.columns?.contains { $0.field == .think } ?? true
    hasCalendarTimes =
      columns.columns?.contains { $0.field == .arrival && $0.unit == .timestamp } ?? false
  }

  public mutating func read(into entry: inout TraceEntry) throws -> Bool {
    if isAtHeader {
      try readHeader()
      isAtHeader = false
    }
    guard hasThinkTimes else { return try readRow(into: &entry) }
    if let ahead {
      entry = ahead
    } else {
      guard try readRow(into: &entry) else { return false }
    }
    try readTurns(of: &entry)
    return true
  }

  /// Reads on to the end of the session that the entry begins.
  private mutating func readTurns(of entry: inout TraceEntry) throws {
    ahead = nil
    var session = SessionEntry(entry)
    var following = TraceEntry.blank
    while try readRow(into: &following) {
      guard rowFollows else {
        ahead = following
        break
      }
      try check(following, follows: entry)
      session.append(following.head)
    }
    entry = session.entry
  }

  /// Throws unless the row just read can be a later turn of the session of `entry`.
  private func check(_ row: TraceEntry, follows entry: TraceEntry) throws(TraceError) {
    guard row.time == nil else {
      throw error("the row has an arrival and a think time", "one of them")
    }
    guard row.head.query.context.session == entry.head.query.context.session else {
      throw error(
        "the row has a think time, and another session than the row above",
        "rows of one session below each other")
    }
  }

  private mutating func readHeader() throws {
    guard try lines.advance() else {
      throw TraceError(
        line: 1, column: nil, problem: "the file is empty", expectation: "a header and rows")
    }
    var line = lines.line
    if lines.bytes.starts(with: [0xEF, 0xBB, 0xBF]) {  // byte order mark
      line = line.lowerBound + 3..<line.upperBound
    }
    guard fields.split(lines.buffer, line) else { throw quotesError() }
    let header = fields.fields.indices.map { fields.text(lines.buffer, $0) }
    let layout = try columns.layout(of: header)
    columnCount = layout.count
    cells = layout.enumerated().compactMap { index, column in
      column.map { (index, $0) }
    }
    featureIndices = columns.features.compactMap { header.firstIndex(of: $0) }
    hasArrivals = cells.contains { $0.column.field == .arrival }
    hasThinkTimes = cells.contains { $0.column.field == .think }
  }

  private mutating func readRow(into entry: inout TraceEntry) throws -> Bool {
    guard try lines.advance(), try !onlyBlankLinesFollow() else {
      guard rowCount > 0 else {
        throw TraceError(
          line: lines.lineNumber + 1, column: nil, problem: "empty trace: no row after the header",
          expectation: "at least one row")
      }
      return false
    }
    guard fields.split(lines.buffer, lines.line) else { throw quotesError() }
    guard fields.fields.count == columnCount else {
      let count = fields.fields.count
      throw error(
        "the row has \(count) \(count == 1 ? "column" : "columns")",
        "\(columnCount), as the header has")
    }
    entry.line = lines.lineNumber
    entry.time = nil
    entry.head = .blank
    if !entry.turns.isEmpty { entry.turns = [] }
    rowFollows = false
    var context = QueryContext()
    var hasContext = false
    for (index, column) in cells {
      let cell = CSVCell(
        column: column, bytes: lines.buffer, range: fields.fields[index], line: lines.lineNumber,
        lineStart: lines.line.lowerBound, hasDoubledQuotes: fields.hasDoubledQuotes(index))
      if column.field == .think { rowFollows = !cell.isEmpty }
      if column.field.isOfContext, !cell.isEmpty { hasContext = true }
      try entry.read(cell, &context, taskNames: taskNames)
    }
    if !featureIndices.isEmpty {
      context.features = try features()
      hasContext = true
    }
    if hasContext { entry.head.query.context = context }
    try checkArrival(of: entry)
    rowCount += 1
    return true
  }

  private func features() throws(TraceError) -> QueryFeatures {
    var numbers: [Double] = []
    for index in featureIndices {
      let range = fields.fields[index]
      let text = String(decoding: lines.buffer[range], as: UTF8.self)
      guard let number = Double(text), number.isFinite else {
        throw TraceError(
          line: lines.lineNumber, column: range.lowerBound - lines.line.lowerBound + 1,
          problem: "\(TraceError.quote(text.utf8)) is not a number",
          expectation: "one in every row of a column that features name")
      }
      numbers.append(number)
    }
    return QueryFeatures(numbers: numbers)
  }

  private func checkArrival(of entry: TraceEntry) throws(TraceError) {
    if rowFollows {
      guard rowCount == 0 else { return }
      throw error("the row has a think time, and no row above that it could follow", "an arrival")
    }
    guard entry.time != nil || !hasArrivals else {
      throw error("the row has no arrival", "an arrival")
    }
  }

  /// An error of the whole row.
  private func error(_ problem: String, _ expectation: String) -> TraceError {
    TraceError(
      line: lines.lineNumber, column: nil, problem: problem, expectation: expectation)
  }

  /// Whether the current line and all after it are blank: a file may end with spare line ends.
  private mutating func onlyBlankLinesFollow() throws -> Bool {
    guard lines.line.isEmpty else { return false }
    let blank = lines.lineNumber
    while try lines.advance() {
      guard lines.line.isEmpty else {
        throw TraceError(
          line: blank, column: nil, problem: "the line is empty",
          expectation: "\(columnCount) columns, as the header has")
      }
    }
    return true
  }

  private func quotesError() -> TraceError {
    TraceError(
      line: lines.lineNumber, column: nil, problem: "a quoted field does not end",
      expectation: "a quote before the next comma or the end of the line")
  }
}
