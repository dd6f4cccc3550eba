/// The sessions of which turns are still to come.
struct LiveSessions {
  private struct Session {
    var turns: [TraceRow]
    var position = 0
    /// All prefix blocks of the turn given out last.
    var ids: [UInt64]
  }

  /// By id of the query given out last.
  private var sessions: [UInt64: Session] = [:]

  /// Puts the later turns of an entry, whose head has its id, aside; returns the head as it is to
  /// be given out.
  mutating func begin(_ entry: inout TraceEntry) -> TraceRow {
    if !entry.turns.isEmpty {
      sessions[entry.head.query.id] = Session(
        turns: entry.turns, ids: entry.head.query.context.prefixBlockIDs)
      entry.turns.removeAll()
    }
    return entry.head.cut()
  }

  /// The turn after the query with `id`, its own id set; nil if there is none.
  mutating func next(after id: UInt64) -> TraceRow? {
    guard var session = sessions.removeValue(forKey: id) else { return nil }
    var row = session.turns[session.position]
    row.query.id = id + 1
    let ids = session.ids.prefix(row.sharedBlocks) + row.query.context.prefixBlockIDs
    row.query.context.prefixBlockIDs = Array(ids)
    session.position += 1
    session.ids = row.query.context.prefixBlockIDs
    if session.position < session.turns.count { sessions[id + 1] = session }
    return row.cut()
  }
}

extension TraceRow {
  /// Without the prefix blocks that a shortened prompt no longer holds.
  fileprivate func cut() -> TraceRow {
    guard let mostBlocks, query.context.prefixBlockIDs.count > mostBlocks else { return self }
    var row = self
    row.query.context.prefixBlockIDs.removeLast(
      query.context.prefixBlockIDs.count - mostBlocks)
    return row
  }
}
