internal import NumericalMethods
public import Quantities

/// The queries of a trace, as far as the rules keep them.
///
/// Ids count up from 0 over what is kept; those of a session's turns follow each other. Memory
/// holds the sessions in progress and what sorting and spreading need, not the trace.
public struct TraceSource: QuerySource {
  private var reader: any TraceReader
  private let rules: TraceRules
  private let deal: TaskMixDraw?
  private let thinning: RandomStream
  private var tokens: TokenRule
  private let allowsMissingArrivals: Bool
  private var origin: SimTime?
  /// The entry read last.
  private var entry = TraceEntry.blank
  private var sessions = LiveSessions()
  private var entryNumber: UInt64 = 0
  private var nextID: UInt64 = 0
  private var isOver = false
  private var failure: (any Error)?
  private let shared: SharedTally

  /// Rows that name no task are dealt to those of `mix`, and their outputs are left to the answer
  /// model; without a mix every row must have its output, unless `allowsMissingOutput`. With
  /// `allowsMissingArrivals` a trace without times is there at time 0.
  public init(
    _ reader: any TraceReader, rules: TraceRules = TraceRules(), seed: UInt64, mix: TaskMix? = nil,
    allowsMissingOutput: Bool = false, allowsMissingArrivals: Bool = false
  ) {
    self.reader = Self.staged(reader, rules, seed)
    self.rules = rules
    deal = mix.map { TaskMixDraw($0, seed: seed) }
    thinning = RandomStream(seed: seed, purpose: "trace thinning")
    tokens = TokenRule(rules, needsOutput: mix == nil && !allowsMissingOutput)
    self.allowsMissingArrivals = allowsMissingArrivals
    origin = rules.origin.map { SimTime(nanoseconds: $0.nanoseconds) }
    shared = SharedTally()
  }

  private static func staged(
    _ reader: any TraceReader, _ rules: TraceRules, _ seed: UInt64
  ) -> any TraceReader {
    var staged = reader
    if let rate = rules.sessionsPerSecond {
      staged = StartedTrace(staged, perSecond: rate, seed: seed)
    }
    staged = OrderedTrace(staged, capacity: rules.outOfOrder == .sort ? rules.sortBufferRows : 0)
    if let spread = rules.spread { staged = SpreadTrace(staged, spread, seed: seed) }
    return staged
  }

  /// What has been read, dropped and changed so far; a copy of this source shares it.
  public var tally: TraceTally? {
    var tally = shared.tally
    shared.reader?.count(into: &tally)
    return tally
  }

  /// Throws `TraceError` where the trace is broken, `WorkloadError` where the rules leave nothing,
  /// and whatever the byte source throws; an error once thrown is thrown at every later call.
  public mutating func next() throws -> Query? {
    if let failure { throw failure }
    guard !isOver else { return nil }
    do {
      while !isOver, try reader.read(into: &entry) {
        if try take() { return dealt(sessions.begin(&entry)) }
      }
      isOver = true
      shared.reader = reader
      if nextID == 0 { throw nothingLeft }
      return nil
    } catch {
      failure = error
      throw error
    }
  }

  public var givesFollowUps: Bool { reader.holdsSessions }

  public mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    guard var next = sessions.next(after: query.id) else { return nil }
    next.query.arrival = end + next.thinkTime
    return dealt(next)
  }

  /// Applies the rules to the entry just read; false where they drop it.
  private mutating func take() throws -> Bool {
    let number = entryNumber
    let rowCount = entry.rowCount
    entryNumber += UInt64(rowCount)
    shared.tally.rows += rowCount
    guard let time = try timeSinceStart() else { return false }
    guard rules.keptShare >= 1 || thinning.uniform(id: number) < rules.keptShare else {
      shared.tally.thinned += rowCount
      return false
    }
    guard try tokens.apply(to: &entry, &shared.tally) else { return false }
    if let limit = rules.limit { cut(toQueries: limit - Int(nextID)) }
    entry.head.query.id = nextID
    entry.head.query.arrival = rules.speedup == 1 ? time : time.divided(by: rules.speedup)
    nextID += UInt64(entry.rowCount)
    shared.tally.queries += entry.rowCount
    if isOver { shared.reader = reader }
    return true
  }

  /// Cuts the turns that are too many; the trace is over with the last query.
  private mutating func cut(toQueries left: Int) {
    let excess = max(0, entry.rowCount - left)
    shared.tally.beyondLimit += excess
    entry.turns.removeLast(excess)
    isOver = entry.rowCount == left
  }

  /// Nil where the entry is outside the time window.
  private mutating func timeSinceStart() throws -> SimTime? {
    guard let time = entry.time ?? (allowsMissingArrivals ? .zero : nil) else {
      throw TraceError(
        line: entry.line, column: nil, problem: "the trace has no arrival times",
        expectation: "sessions_per_second, the rate at which its sessions or rows start")
    }
    let origin = self.origin ?? (reader.hasCalendarTimes ? time : .zero)
    self.origin = origin
    let sinceOrigin = time - origin
    guard sinceOrigin >= .zero else {
      throw TraceError(
        line: entry.line, column: nil, problem: "the row comes before the origin",
        expectation: "an earlier origin")
    }
    if let until = rules.until, sinceOrigin >= until {
      shared.tally.rows -= entry.rowCount  // not read, as what comes after it
      isOver = true
      return nil
    }
    guard sinceOrigin >= rules.from else {
      shared.tally.outsideWindow += entry.rowCount
      return nil
    }
    return SimTime.zero + (sinceOrigin - rules.from)
  }

  private func dealt(_ row: TraceRow) -> Query {
    var query = row.query
    guard let deal else { return query }
    if row.namesTask {
      if !row.givesDifficulty { query.difficulty = deal.difficulty(of: query.id, task: query.task) }
      return query
    }
    let drawn = deal(query.id)
    query.task = deal.mix.parts[drawn.partIndex].task
    query.difficulty = drawn.difficulty
    query.recordedOutputTokens = nil
    query.recordedIsCorrect = nil
    return query
  }

  private var nothingLeft: WorkloadError {
    let tally = shared.tally
    return WorkloadError(
      problem: "the rules leave nothing of the trace: of \(tally.rows) rows "
        + "\(tally.outsideWindow) are outside the time window, \(tally.thinned) thinned out, "
        + "\(tally.withoutPrompt + tally.withoutOutput) without tokens",
      expectation: "rules that leave a row")
  }
}

/// A tally that all copies of a source share, so that it can be read when a run is over.
private final class SharedTally {
  var tally = TraceTally()
  /// At the end of the trace: the reader, which counts too.
  var reader: (any TraceReader)?
}

extension SimTime {
  /// To the nearest nanosecond.
  fileprivate func divided(by factor: Double) -> SimTime {
    SimTime(nanoseconds: SimTime(rounding: seconds / factor).nanoseconds)
  }
}
