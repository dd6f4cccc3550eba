extension TraceEntry {
  /// Reads one field. Rows that name a task name one of `taskNames`, where there are any.
  ///
  /// What it says of the query's context goes to `context`, which is set once for all columns.
  mutating func read(
    _ cell: CSVCell, _ context: inout QueryContext, taskNames: [String]
  ) throws(TraceError) {
    if cell.isEmpty, cell.column.mayBeEmpty { return }
    switch cell.column.field {
    case .prompt: head.query.promptTokens = try cell.tokens("prompt")
    case .output: head.query.recordedOutputTokens = try cell.tokens("output")
    case .arrival: time = try cell.time()
    case .think: head.thinkTime = try cell.duration()
    case .timeout: context.timeout = try cell.duration()
    case .patience: context.patience = try cell.duration()
    case .session: context.session = cell.session
    case .turn: context.turn = try cell.turn()
    case .priority: head.query.priority = try cell.priority()
    case .difficulty: (head.query.difficulty, head.givesDifficulty) = (try cell.difficulty(), true)
    case .correct: head.query.recordedIsCorrect = try cell.isCorrect()
    case .task:
      guard !taskNames.isEmpty else { return }
      (head.query.task, head.namesTask) = (try cell.taskIndex(in: taskNames), true)
    case .prefixBlockTokens: context.prefixBlockTokens = try cell.prefixBlockTokens()
    case .prefixBlockIDs: context.prefixBlockIDs = try cell.prefixBlockIDs()
    }
  }
}
