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
  /// Whether queries come when the source says.
  private let heedsArrivals: Bool
  /// Number and arrival of the source's last query.
  private var lastID: UInt64?
  private var lastArrival = SimTime.zero
  /// Most requests in flight.
  private let concurrency: Int

  init(_ source: any QuerySource, _ mode: ArrivalMode) {
    self.source = source
    switch mode {
    case .open: (takesFollowUps, concurrency) = (source.givesFollowUps, .max)
    case .capped(let most): (takesFollowUps, concurrency) = (source.givesFollowUps, most)
    case .closedLoop: (takesFollowUps, concurrency) = (false, .max)
    }
    if case .closedLoop = mode { heedsArrivals = false } else { heedsArrivals = true }
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
    return fromSource.take()
  }

  /// Reads on once a query has been handled, so that a source that fails does so in its order.
  mutating func refill() throws {
    if fromSource == nil, !sourceIsDry { fromSource = try pull() }
    earliest = fromSource?.arrival ?? .never
    if let followUp = followUps.min { earliest = min(earliest, followUp.query.arrival) }
  }

  /// The source's next query. Throws a `QueryError` where it comes out of order.
  mutating func pull() throws -> Query? {
    guard !sourceIsDry else { return nil }
    guard let query = try source.next() else {
      sourceIsDry = true
      return nil
    }
    if let lastID, query.id <= lastID { throw query.fault("is given out after query \(lastID)") }
    lastID = query.id
    guard heedsArrivals else { return query }
    guard query.arrival >= lastArrival, query.arrival < .never else {
      throw query.fault(
        "arrives at \(query.arrival.seconds) s, the one before it at \(lastArrival.seconds) s")
    }
    lastArrival = query.arrival
    return query
  }

  /// Asks for what follows a query that has ended. Throws a `QueryError` where that comes before.
  mutating func queryEnded(_ query: Query, at end: SimTime) throws {
    guard takesFollowUps, let next = try source.followUp(to: query, endedAt: end) else { return }
    guard next.arrival >= end, next.arrival < .never else {
      throw next.fault(
        "follows query \(query.id), which ends at \(end.seconds) s, and arrives at "
          + "\(next.arrival.seconds) s")
    }
    followUps.insert(Entry(query: next))
    earliest = min(earliest, next.arrival)
  }
}
