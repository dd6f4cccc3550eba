public import Quantities

/// One request of a trace as its file has it, before any rule is applied.
public struct TraceRow: Sendable {
  /// Its id and arrival are not set yet; zero tokens may be recorded.
  public var query: Query
  /// Whether the row says which task it belongs to.
  public var namesTask = false
  /// Whether the row says how hard it is.
  public var givesDifficulty = false
  /// Of a later turn: from the end of the turn before it until it is asked.
  public var thinkTime = SimDuration.zero
  /// Of a later turn: so many prefix blocks are those of the turn before; the query holds only the
  /// ids after them.
  public var sharedBlocks = 0
  /// Most prefix blocks that the prompt holds, where a rule has cut it.
  var mostBlocks: Int?

  public init(_ query: Query) { self.query = query }

  /// Of which nothing is known yet.
  static let blank = TraceRow(promptTokens: 0, outputTokens: nil)

  init(promptTokens: Int, outputTokens: Int?) {
    query = Query(
      id: 0, arrival: .zero, task: 0, promptTokens: promptTokens,
      recordedOutputTokens: outputTokens)
  }
}

/// What comes at one time in a trace: a request that stands alone, or a whole session, whose later
/// turns are asked as those before them end.
public struct TraceEntry: Sendable {
  /// Line of the first row, from 1; the number of the record in formats without lines.
  public var line: Int
  /// On the trace's own clock; nil where the trace has no arrival times.
  public var time: SimTime?
  public var head: TraceRow
  public var turns: [TraceRow]

  public init(line: Int, time: SimTime?, head: TraceRow, turns: [TraceRow] = []) {
    self.line = line
    self.time = time
    self.head = head
    self.turns = turns
  }

  /// To be written over.
  static let blank = TraceEntry(
    line: 0, time: nil, head: .blank)

  /// Queries that the entry stands for.
  public var rowCount: Int { 1 + turns.count }
}

/// A session in the making: its turns as they are read, each holding only what is new in it.
struct SessionEntry {
  private(set) var entry: TraceEntry
  private var lastIDs: [UInt64]

  init(_ first: TraceEntry) {
    entry = first
    lastIDs = first.head.query.context.prefixBlockIDs
  }

  /// Adds the next turn, whose query holds all its prefix block ids.
  mutating func append(_ row: TraceRow) {
    var row = row
    let ids = row.query.context.prefixBlockIDs
    if row.query.context.turn == 0 {
      row.query.context.turn = entry.head.query.context.turn + entry.turns.count + 1
    }
    row.sharedBlocks = zip(ids, lastIDs).prefix { $0 == $1 }.count
    row.query.context.prefixBlockIDs = Array(ids[row.sharedBlocks...])
    entry.turns.append(row)
    lastIDs = ids
  }
}

/// A trace format: entries out of bytes, in the order of the file.
///
/// Memory must not grow with the length of the file.
public protocol TraceReader {
  /// Puts the next entry in the place of `entry`; false at the end, which leaves it as it was.
  ///
  /// Throws `TraceError` where the trace is broken, and whatever the byte source throws; not called
  /// again after that. (An entry is large: this spares its copies from stage to stage.)
  mutating func read(into entry: inout TraceEntry) throws -> Bool

  /// Whether times are a calendar's: they then count from the first entry, otherwise from zero.
  var hasCalendarTimes: Bool { get }

  /// Adds what the reader alone knows to the tally.
  func count(into tally: inout TraceTally)
}

extension TraceReader {
  /// The next entry, or nil at the end.
  public mutating func next() throws -> TraceEntry? {
    var entry = TraceEntry.blank
    return try read(into: &entry) ? entry : nil
  }

  public var hasCalendarTimes: Bool { false }
  public func count(into tally: inout TraceTally) {}
}
