internal import NumericalMethods
public import Quantities

/// The queries of conversations: first turns from the source, later ones as answers end.
///
/// Session s takes the ids from the sum of the turns of all sessions before it on, so that a
/// query's id, and with it all its luck, does not depend on when anything ended. Nothing is kept
/// of a session: all of a turn but its arrival follows from the turn before it.
public struct SessionSource: QuerySource {
  private let workload: SessionWorkload
  private let taskDraw: TaskMixDraw
  private let turnStream: RandomStream
  private let groupStream: RandomStream
  private let systemStream: RandomStream
  private let messageStream: RandomStream
  private let answerStream: RandomStream
  private let thinkStream: RandomStream
  private let content: SessionContent
  private var clock: ArrivalClock
  private var nextID: UInt64 = 0

  public init(_ workload: SessionWorkload, seed: UInt64) {
    func stream(_ purpose: String) -> RandomStream { RandomStream(seed: seed, purpose: purpose) }
    self.workload = workload
    taskDraw = TaskMixDraw(TaskMix(workload.tasks.map(\.mixPart)), seed: seed)
    turnStream = stream("session turns")
    groupStream = stream("session group")
    systemStream = stream("system prompt tokens")
    messageStream = stream("message tokens")
    answerStream = stream("answer tokens")
    thinkStream = stream("think time")
    content = SessionContent(blockTokens: workload.prefixBlockTokens, seed: seed)
    clock = ArrivalClock(
      workload.starts, duration: workload.duration, limit: workload.sessionLimit, seed: seed)
  }

  /// The first query of the next session that has one; throws as `SyntheticSource` does.
  public mutating func next() throws -> Query? {
    while let (session, start) = try clock.next() {
      let id = nextID
      nextID += UInt64(turnCount(session))
      let part = taskDraw.part(session)
      let system = systemTokens(session)
      guard var query = turn(0, of: session, id: id, part: part, after: system, []) else {
        continue
      }
      query.arrival = start
      return query
    }
    return nil
  }

  public var givesFollowUps: Bool { true }

  public mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    guard let session = query.context.session else { return nil }
    let turn = query.context.turn + 1
    guard turn < turnCount(session) else { return nil }
    let said = query.promptTokens + (query.recordedOutputTokens ?? 0)
    let part = taskDraw.part(session)
    var next = self.turn(
      turn, of: session, id: query.id + 1, part: part, after: said, query.context.prefixBlockIDs)
    next?.arrival = end + workload.thinkTime.duration(thinkStream.uniform(id: query.id + 1))
    return next
  }

  /// The turn after `said` tokens, of whose blocks the first few are named already; nil where the
  /// context would be too long.
  private func turn(
    _ turn: Int, of session: UInt64, id: UInt64, part: Int, after said: Int, _ named: [UInt64]
  ) -> Query? {
    let task = workload.tasks[part]
    let message = turn == 0 ? task.firstMessage : task.laterMessage
    let prompt = said + message.tokens(messageStream.uniform(id: id))
    let answer = task.answer.tokens(answerStream.uniform(id: id))
    if let limit = workload.contextLimit, prompt + answer > limit { return nil }
    var query = Query(
      id: id, arrival: .zero, task: task.mixPart.task, promptTokens: prompt,
      recordedOutputTokens: answer, difficulty: taskDraw.difficulty(id, part: part))
    // Nobody repeats the last answer.
    let isLast = turn + 1 >= turnCount(session)
    var context = QueryContext()
    context.session = session
    context.turn = turn
    context.prefixBlockTokens = workload.prefixBlockTokens
    context.prefixBlockIDs = content.blockIDs(
      after: named, tokens: isLast ? prompt : prompt + answer, session: session,
      group: group(session), sharedTokens: systemTokens(session))
    query.context = context
    return query
  }

  private func turnCount(_ session: UInt64) -> Int {
    workload.turns.tokens(turnStream.uniform(id: session))
  }

  private func group(_ session: UInt64) -> UInt64 {
    UInt64(groupStream.uniform(id: session) * Double(workload.systemPrompt.groupCount))
  }

  private func systemTokens(_ session: UInt64) -> Int {
    workload.systemPrompt.tokens?.tokens(systemStream.uniform(id: group(session))) ?? 0
  }
}

/// Names of what sessions have said, block by block.
///
/// A session's text is one growing sequence, which begins with its group's system prompt. A block
/// that lies within that is named by group and position, every other one by session and
/// position: equal names stand for equal text after equal text, as a chained hash would.
struct SessionContent: Sendable {
  let blockTokens: Int
  private let groupStream: RandomStream
  private let sessionStream: RandomStream

  init(blockTokens: Int, seed: UInt64) {
    self.blockTokens = blockTokens
    groupStream = RandomStream(seed: seed, purpose: "system prompt blocks")
    sessionStream = RandomStream(seed: seed, purpose: "session blocks")
  }

  /// Of the whole blocks of a session's first `tokens` tokens, the first `sharedTokens` of which
  /// are its group's; `named` are the first of them.
  func blockIDs(
    after named: [UInt64] = [], tokens: Int, session: UInt64, group: UInt64, sharedTokens: Int
  ) -> [UInt64] {
    let count = tokens / blockTokens
    guard named.count <= count else { return Array(named.prefix(count)) }
    let shared = min(tokens, sharedTokens) / blockTokens
    var ids = named
    ids.reserveCapacity(count)
    for block in named.count..<count {
      ids.append(
        block < shared
          ? groupStream.bits(id: group, index: UInt64(block))
          : sessionStream.bits(id: session, index: UInt64(block)))
    }
    return ids
  }
}
