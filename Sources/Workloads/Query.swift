public import Quantities

/// One question that somebody asks: what arrives, whatever serves it.
///
/// Everything here is the same under every policy. What only the answer reveals (difficulty,
/// recorded output) is the truth that policies must not see; they get a view without it.
public struct Query: Sendable {
  /// Position in the stream, from 0: the key of all the query's luck.
  public var id: UInt64
  public var arrival: SimTime
  /// Index into the scenario's list of tasks.
  public var task: Int
  public var promptTokens: Int
  /// Output tokens that a trace recorded, or nil where the answer model draws them.
  public var recordedOutputTokens: Int?
  /// Quantile of the query's difficulty in its task's reference distribution, in (0, 1).
  public var difficulty: Double

  public init(
    id: UInt64, arrival: SimTime, task: Int, promptTokens: Int,
    recordedOutputTokens: Int? = nil, difficulty: Double = 0.5
  ) {
    self.id = id
    self.arrival = arrival
    self.task = task
    self.promptTokens = promptTokens
    self.recordedOutputTokens = recordedOutputTokens
    self.difficulty = difficulty
  }
}

/// A stream of queries, pulled one at a time in order of arrival.
///
/// Ids count up from 0 and arrivals never go back. A closed-loop run ignores the arrival times
/// and sets its own.
public protocol QuerySource {
  /// The next query, or nil at the end. Throws where the input behind it is broken.
  mutating func next() throws -> Query?
}
