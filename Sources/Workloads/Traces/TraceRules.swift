public import Quantities

/// What is taken of a trace, and how it is changed.
///
/// In this order: rows are put in order, spread over their clock tick, cut to the time window,
/// thinned, their token counts made valid, sped up, and cut to the number of queries.
public struct TraceRules: Hashable, Sendable {
  /// What becomes of a row without prompt or output tokens, as failed requests are recorded.
  public enum ZeroTokens: String, CaseIterable, Sendable {
    /// Left out. The turn after it comes after both think times; a session that loses its first
    /// turn begins with the next.
    case drop
    /// Kept with one token.
    case one
  }

  /// What becomes of a row that comes before the one above it.
  public enum OutOfOrder: String, CaseIterable, Sendable {
    case error
    /// Put where it belongs, as far as `sortBufferRows` reach.
    case sort
  }

  /// How rows that share a tick of a coarse clock are spread over it.
  public enum Spread: Hashable, Sendable {
    /// By the tick that the first rows show.
    case detectedTick
    case tick(SimDuration)
  }

  /// The time that arrivals count from; nil for the trace's own zero, or its first row where it has
  /// calendar times.
  public var origin: TraceTimestamp?
  /// Of the trace's own time since the origin: rows before it are dropped, and it becomes time 0.
  public var from = SimDuration.zero
  /// Rows at or after it are not read.
  public var until: SimDuration?
  /// Share of the entries that is kept, 0 < share ≤ 1; sessions are kept whole.
  public var keptShare = 1.0
  /// All times between arrivals are divided by it, > 0; think times are not.
  public var speedup = 1.0
  /// Most queries, later turns included.
  public var limit: Int?
  public var zeroTokens = ZeroTokens.drop
  public var outOfOrder = OutOfOrder.error
  /// Entries that sorting holds at once.
  public var sortBufferRows = 65_536
  public var spread: Spread?
  /// Longer prompts and outputs are cut to these.
  public var maxPromptTokens: Int?
  public var maxOutputTokens: Int?
  /// Starts of sessions (or of rows that stand alone) as a Poisson process, for traces that have
  /// none.
  public var sessionsPerSecond: Double?

  public init() {}
}
