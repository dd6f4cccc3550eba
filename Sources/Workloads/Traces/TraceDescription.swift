public import NumericalMethods
internal import Quantities

/// What a stream of queries is like: its rate, its bursts, its lengths. Memory does not grow with
/// the stream.
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
  private var arrivals: (first: SimTime, last: SimTime) = (.zero, .zero)
  /// Mean of the gaps in seconds, and the sum of their squared distances from it (Welford).
  private var gap = (mean: 0.0, squares: 0.0)

  public init() {}

  /// Reads `source` to its end, which it must have.
  public init(of source: inout some QuerySource) throws {
    while let query = try source.next() { record(query) }
  }

  /// Adds the next query of the stream, in order of arrival.
  public mutating func record(_ query: Query) {
    if queryCount == 0 {
      arrivals.first = query.arrival
    } else {
      let seconds = (query.arrival - arrivals.last).seconds
      let distance = seconds - gap.mean
      gap.mean += distance / Double(queryCount)
      gap.squares += distance * (seconds - gap.mean)
    }
    arrivals.last = query.arrival
    queryCount += 1
    promptTokens.record(Int64(query.promptTokens))
    if let tokens = query.recordedOutputTokens { outputTokens.record(Int64(tokens)) }
    for index in bursts.indices { bursts[index].record(query.arrival - arrivals.first) }
  }

  /// From the first arrival to the last.
  public var spanSeconds: Double { (arrivals.last - arrivals.first).seconds }

  /// Arrivals per second: gaps over span; nil for fewer than two instants.
  public var rate: Double? { spanSeconds > 0 ? Double(queryCount - 1) / spanSeconds : nil }

  /// Standard deviation (of a sample, n - 1) of the gaps over their mean: 1 for a Poisson stream,
  /// more for bursts; nil for fewer than two gaps.
  public var gapCoefficientOfVariation: Double? {
    guard queryCount > 2, gap.mean > 0 else { return nil }
    return (gap.squares / Double(queryCount - 2)).squareRoot() / gap.mean
  }
}
