extension TraceEntry {
  /// Reads one field. Rows that name a task name one of `taskNames`, where there are any.
  mutating func read(_ cell: CSVCell, taskNames: [String]) throws(TraceError) {
    if cell.isEmpty, cell.column.mayBeEmpty { return }
    switch cell.column.field {
    case .prompt: head.query.promptTokens = try cell.tokens("prompt")
    case .output: head.query.recordedOutputTokens = try cell.tokens("output")
    case .arrival: time = try cell.time()
    case .think: head.thinkTime = try cell.duration()
    case .timeout: head.query.context.timeout = try cell.duration()
    case .patience: head.query.context.patience = try cell.duration()
    case .session: head.query.context.session = cell.session
    case .turn: head.query.context.turn = try cell.turn()
    case .priority: head.query.priority = try cell.priority()
    case .difficulty: (head.query.difficulty, head.givesDifficulty) = (try cell.difficulty(), true)
    case .task:
      guard !taskNames.isEmpty else { return }
      (head.query.task, head.namesTask) = (try cell.taskIndex(in: taskNames), true)
    case .prefixBlockTokens: head.query.context.prefixBlockTokens = try cell.prefixBlockTokens()
    case .prefixBlockIDs: head.query.context.prefixBlockIDs = try cell.prefixBlockIDs()
    }
  }
}
