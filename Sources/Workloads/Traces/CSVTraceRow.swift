internal import Quantities

/// One row of a trace in CSV form.
struct CSVTraceRow {
  let line: Int
  private var row = TraceRow(promptTokens: 0, outputTokens: nil)
  private var time: SimTime?
  private(set) var hasThinkTime = false

  init(line: Int) { self.line = line }

  /// The row as the first of an entry; `hasArrivals` says whether the trace has such a column.
  func entry(hasArrivals: Bool) throws -> TraceEntry {
    guard time != nil || !hasArrivals, !hasThinkTime else {
      throw TraceError(
        line: line, column: nil,
        problem: hasThinkTime
          ? "the row has a think time, and no row above that it could follow"
          : "the row has no arrival", expectation: "an arrival")
    }
    return TraceEntry(line: line, time: time, head: row)
  }

  /// Throws unless the row can be a later turn of the session of `entry`.
  func check(follows entry: TraceEntry) throws {
    guard time == nil else {
      throw TraceError(
        line: line, column: nil, problem: "the row has an arrival and a think time",
        expectation: "one of them")
    }
    guard row.query.context.session == entry.head.query.context.session else {
      throw TraceError(
        line: line, column: nil,
        problem: "the row has a think time, and another session than the "
          + "row above", expectation: "rows of one session below each other")
    }
  }

  /// The row as a later turn of a session.
  var turn: TraceRow { row }

  /// Reads one field. Rows that name a task name one of `taskNames`, where there are any.
  mutating func read(_ cell: CSVCell, taskNames: [String]) throws(TraceError) {
    if cell.isEmpty, cell.column.mayBeEmpty { return }
    switch cell.column.field {
    case .prompt: row.query.promptTokens = try cell.tokens("prompt")
    case .output: row.query.recordedOutputTokens = try cell.tokens("output")
    case .arrival: time = try cell.time()
    case .think: (row.thinkTime, hasThinkTime) = (try cell.duration(), true)
    case .timeout: row.query.context.timeout = try cell.duration()
    case .patience: row.query.context.patience = try cell.duration()
    case .session: row.query.context.session = cell.session
    case .turn: row.query.context.turn = try cell.turn()
    case .priority: row.query.priority = try cell.priority()
    case .difficulty: (row.query.difficulty, row.givesDifficulty) = (try cell.difficulty(), true)
    case .task:
      guard !taskNames.isEmpty else { return }
      (row.query.task, row.namesTask) = (try cell.taskIndex(in: taskNames), true)
    case .prefixBlockTokens: row.query.context.prefixBlockTokens = try cell.prefixBlockTokens()
    case .prefixBlockIDs: row.query.context.prefixBlockIDs = try cell.prefixBlockIDs()
    }
  }
}
