public import NumericalMethods
public import Quantities

/// What a stream of queries is like: its rate, its bursts, its lengths, its sessions and prefixes.
/// Memory grows with the different sessions and prefix blocks only.
public struct TraceDescription: Sendable {
  /// The most queries in any window of one length, against the mean over all windows.
  ///
  /// Windows follow each other from the first arrival on; the last one, which the stream may
  /// leave before its end, counts as one.
  public struct Burst: Sendable {
    public let windowSeconds: Double
    public fileprivate(set) var peakCount = 0
    public fileprivate(set) var windowCount = 0
    private var total = 0
    private var current: (window: Int128, count: Int) = (-1, 0)
    private let width: SimDuration

    fileprivate init(windowSeconds: Double) {
      self.windowSeconds = windowSeconds
      width = SimDuration(rounding: windowSeconds)
    }

    fileprivate mutating func record(_ sinceFirst: SimDuration) {
      let window = sinceFirst.ticks / width.ticks
      current = (window, window == current.window ? current.count + 1 : 1)
      peakCount = max(peakCount, current.count)
      windowCount = Int(window) + 1
      total += 1
    }

    /// Queries per window; nil before the first query.
    public var meanCount: Double? {
      windowCount == 0 ? nil : Double(total) / Double(windowCount)
    }

    public var peakToMean: Double? { meanCount.map { Double(peakCount) / $0 } }
  }

  public private(set) var queryCount = 0
  public private(set) var promptTokens = QuantileSketch()
  /// Of the queries whose output the stream records.
  public private(set) var outputTokens = QuantileSketch()
  /// Over windows of 1 s and 60 s.
  public private(set) var bursts = [1.0, 60].map { Burst(windowSeconds: $0) }
  /// Sessions, and their turns.
  public private(set) var sessions = SessionFigures()
  /// What an infinite prefix cache would find.
  public private(set) var prefixes = PrefixFigures()
  /// Of the stamps on arrivals, where it is coarse.
  public private(set) var clock = ClockTick()
  /// Queries that arrive by themselves, not after a turn of their session.
  private var ownArrivals = 0
  private var arrivals: (first: SimTime, last: SimTime) = (.zero, .zero)
  /// Mean of the gaps in seconds, and the sum of their squared distances from it (Welford).
  private var gap = (mean: 0.0, squares: 0.0)

  public init() {}

  /// Reads `source` to its end, which it must have; turns of a session right after each other.
  public init(of source: inout some QuerySource) throws {
    try source.forEachTurn { record($0, thinkTime: $1) }
  }

  /// Adds the next query of the stream, in order of arrival; one with a think time is a later turn
  /// of a closed loop, whose arrival says nothing.
  public mutating func record(_ query: Query, thinkTime: SimDuration? = nil) {
    queryCount += 1
    promptTokens.record(Int64(query.promptTokens))
    if let tokens = query.recordedOutputTokens { outputTokens.record(Int64(tokens)) }
    prefixes.record(query)
    sessions.record(query, thinkTime: thinkTime)
    if thinkTime == nil { recordArrival(query.arrival) }
  }

  private mutating func recordArrival(_ arrival: SimTime) {
    if ownArrivals == 0 {
      arrivals.first = arrival
    } else {
      let seconds = (arrival - arrivals.last).seconds
      let distance = seconds - gap.mean
      gap.mean += distance / Double(ownArrivals)
      gap.squares += distance * (seconds - gap.mean)
    }
    arrivals.last = arrival
    ownArrivals += 1
    clock.record(arrival)
    for index in bursts.indices { bursts[index].record(arrival - arrivals.first) }
  }

  /// From the first arrival to the last.
  public var spanSeconds: Double { (arrivals.last - arrivals.first).seconds }

  /// Arrivals per second: gaps over span; nil for fewer than two instants.
  public var rate: Double? { spanSeconds > 0 ? Double(ownArrivals - 1) / spanSeconds : nil }

  /// Standard deviation (of a sample, n - 1) of the gaps over their mean: 1 for a Poisson stream,
  /// more for bursts; nil for fewer than two gaps.
  public var gapCoefficientOfVariation: Double? {
    guard ownArrivals > 2, gap.mean > 0 else { return nil }
    return (gap.squares / Double(ownArrivals - 2)).squareRoot() / gap.mean
  }
}

/// Sessions of a stream.
public struct SessionFigures: Sendable {
  private var seen: Set<UInt64> = []
  private var turnCount = 0
  /// Queries that belong to a session.
  public private(set) var queryCount = 0
  /// Most queries of one session, where its turns wait for each other.
  public private(set) var longest = 0
  /// Of later turns of closed loops, milliseconds.
  public private(set) var thinkMilliseconds = QuantileSketch()

  public var count: Int { seen.count }

  mutating func record(_ query: Query, thinkTime: SimDuration?) {
    guard let session = query.context.session else { return }
    seen.insert(session)
    queryCount += 1
    turnCount = thinkTime == nil ? 1 : turnCount + 1
    longest = max(longest, turnCount)
    if let thinkTime { thinkMilliseconds.record(Int64(thinkTime.milliseconds.rounded())) }
  }
}

/// What a prefix cache that forgets nothing finds in a stream, if every query is done before the
/// next comes.
public struct PrefixFigures: Sendable {
  private var seen: Set<UInt64> = []
  public private(set) var blockCount = 0
  /// Leading blocks of a prompt that stood in an earlier one.
  public private(set) var hitCount = 0
  /// Tokens of the last query's blocks; 0 where none had any.
  public private(set) var blockTokens = 0
  public private(set) var hitTokens = 0

  public var uniqueCount: Int { seen.count }

  mutating func record(_ query: Query) {
    let ids = query.context.prefixBlockIDs
    guard !ids.isEmpty else { return }
    let hits = ids.prefix(while: seen.contains).count
    blockCount += ids.count
    hitCount += hits
    blockTokens = query.context.prefixBlockTokens
    hitTokens += min(hits * blockTokens, query.promptTokens)
    for id in ids[hits...] { seen.insert(id) }
  }
}
