public import Quantities

/// How many rows of a trace the rules dropped or changed, and what its reader had to assume.
public struct TraceTally: Hashable, Sendable {
  /// Rows that were read, later turns of sessions included.
  public var rows = 0
  public var queries = 0

  /// Dropped: arrived before `from`.
  public var outsideWindow = 0
  public var thinned = 0
  public var withoutPrompt = 0
  public var withoutOutput = 0
  /// Turns cut off a session by the limit on queries.
  public var beyondLimit = 0

  /// Changed: no tokens recorded, taken as one.
  public var raisedToOneToken = 0
  public var cappedPrompts = 0
  public var cappedOutputs = 0
  public var reordered = 0
  public var spread = 0

  /// Turns whose think time holds the time in which an unrecorded answer was made.
  public var assumedThinkTimes = 0
  /// Sub-agents that ran side by side and are asked one after another.
  public var serializedSubagents = 0
  /// ServeGen clients without lengths, which ask nothing.
  public var clientsWithoutLengths = 0
  /// ServeGen windows in which no client asks: gaps in the collection, as it seems.
  public var silentWindows = 0
  /// Found or given clock tick by which rows were spread.
  public var tick: SimDuration?

  public init() {}
}
