internal import HeapModule
internal import Quantities
internal import Workloads

/// The queries that are still to come: the source's own, and what follows queries that have
/// ended, in order of time, then of number.
struct ArrivalQueue {
  private struct Entry: Comparable {
    var query: Query

    static func < (a: Self, b: Self) -> Bool {
      a.query.arrival == b.query.arrival
        ? a.query.id < b.query.id : a.query.arrival < b.query.arrival
    }
    static func == (a: Self, b: Self) -> Bool {
      a.query.arrival == b.query.arrival && a.query.id == b.query.id
    }
  }

  private var source: any QuerySource
  private var fromSource: Query?
  private var followUps = Heap<Entry>()
  /// Arrival of the first of all these.
  private var earliest = SimTime.never
  /// Whether the source has no more queries of its own.
  private(set) var sourceIsDry = false
  let takesFollowUps: Bool
  /// Most requests in flight.
  private let concurrency: Int

  init(_ source: any QuerySource, _ mode: ArrivalMode) {
    self.source = source
    switch mode {
    case .open: (takesFollowUps, concurrency) = (source.givesFollowUps, .max)
    case .capped(let most): (takesFollowUps, concurrency) = (source.givesFollowUps, most)
    case .closedLoop: (takesFollowUps, concurrency) = (false, .max)
    }
  }

  /// Reads the source's first query; not called for a closed loop, which pulls for itself.
  mutating func start() throws { try refill() }

  /// When the next query arrives if so many requests are in flight, at `now` or later.
  func nextTime(inFlight: Int, now: SimTime) -> SimTime {
    guard inFlight < concurrency else { return .never }
    return max(earliest, now)
  }

  /// Takes the next query.
  mutating func next() -> Query? {
    if let followUp = followUps.min {
      guard let own = fromSource, Entry(query: own) < followUp else {
        return followUps.popMin()?.query
      }
    }
    defer { fromSource = nil }
    return fromSource
  }

  /// Reads on once a query has been handled, so that a source that fails does so in its order.
  mutating func refill() throws {
    if fromSource == nil, !sourceIsDry { fromSource = try pull() }
    earliest = fromSource?.arrival ?? .never
    if let followUp = followUps.min { earliest = min(earliest, followUp.query.arrival) }
  }

  /// The source's next query.
  mutating func pull() throws -> Query? {
    guard !sourceIsDry else { return nil }
    let query = try source.next()
    sourceIsDry = query == nil
    return query
  }

  /// Asks for what follows a query that has ended.
  mutating func queryEnded(_ query: Query, at end: SimTime) throws {
    guard takesFollowUps, let next = try source.followUp(to: query, endedAt: end) else { return }
    precondition(next.arrival >= end, "a follow-up that arrives before what it follows has ended")
    followUps.insert(Entry(query: next))
    earliest = min(earliest, next.arrival)
  }
}
