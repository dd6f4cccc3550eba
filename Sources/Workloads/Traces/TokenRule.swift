internal import Quantities

/// Makes the token counts of a trace's rows valid: none is zero, none is too large.
struct TokenRule {
  private let zeroTokens: TraceRules.ZeroTokens
  private let maxPromptTokens: Int
  private let maxOutputTokens: Int
  private let needsOutput: Bool

  init(_ rules: TraceRules, needsOutput: Bool) {
    zeroTokens = rules.zeroTokens
    maxPromptTokens = rules.maxPromptTokens ?? .max
    maxOutputTokens = rules.maxOutputTokens ?? .max
    self.needsOutput = needsOutput
  }

  /// Changes the entry to what is kept of it; false where nothing is.
  func apply(to entry: inout TraceEntry, _ tally: inout TraceTally) throws -> Bool {
    guard !entry.turns.isEmpty else { return try apply(to: &entry.head, entry.line, &tally) }
    var kept: [TraceRow] = []
    var dropped: TraceRow?
    for turn in [entry.head] + entry.turns {
      var row = dropped.map { turn.joined(to: $0) } ?? turn
      if try apply(to: &row, entry.line, &tally) {
        kept.append(row)
        dropped = nil
      } else {
        dropped = row
      }
    }
    guard let head = kept.first else { return false }
    entry.head = head
    entry.turns = Array(kept.dropFirst())
    return true
  }

  private func apply(
    to row: inout TraceRow, _ line: Int, _ tally: inout TraceTally
  ) throws -> Bool {
    if needsOutput, row.query.recordedOutputTokens == nil {
      throw TraceError(
        line: line, column: nil, problem: "the row records no output tokens",
        expectation: "them, or tasks in the workload whose answers are drawn")
    }
    let hasNoPrompt = row.query.promptTokens == 0
    let hasNoOutput = row.query.recordedOutputTokens == 0
    if hasNoPrompt || hasNoOutput {
      guard zeroTokens == .one else {
        if hasNoPrompt { tally.withoutPrompt += 1 } else { tally.withoutOutput += 1 }
        return false
      }
      tally.raisedToOneToken += 1
      if hasNoPrompt { row.query.promptTokens = 1 }
      if hasNoOutput { row.query.recordedOutputTokens = 1 }
    }
    if row.query.promptTokens > maxPromptTokens {
      row.query.promptTokens = maxPromptTokens
      row.mostBlocks = maxPromptTokens / row.query.context.prefixBlockTokens
      tally.cappedPrompts += 1
    }
    if let tokens = row.query.recordedOutputTokens, tokens > maxOutputTokens {
      row.query.recordedOutputTokens = maxOutputTokens
      tally.cappedOutputs += 1
    }
    return true
  }
}

extension TraceRow {
  /// The row as the successor of the one that came before `dropped`, which is left out.
  fileprivate func joined(to dropped: TraceRow) -> TraceRow {
    var row = self
    row.thinkTime += dropped.thinkTime
    guard sharedBlocks > dropped.sharedBlocks else { return row }
    row.sharedBlocks = dropped.sharedBlocks
    let lost = dropped.query.context.prefixBlockIDs.prefix(sharedBlocks - dropped.sharedBlocks)
    row.query.context.prefixBlockIDs.insert(contentsOf: lost, at: 0)
    return row
  }
}
