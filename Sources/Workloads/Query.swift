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
  /// Whether the answer that a trace recorded was right; nil where nobody says.
  public var recordedIsCorrect: Bool?
  /// Quantile of the query's difficulty in its task's reference distribution, in (0, 1).
  public var difficulty: Double
  /// Lower is more urgent, as in vLLM; heeded where an engine serves by priority.
  public var priority: Int
  /// Most queries have none, and every step of a query's way copies it.
  @usableFromInline var storedContext: StoredContext?

  /// Without a `context` nothing is known of it.
  public init(
    id: UInt64, arrival: SimTime, task: Int, promptTokens: Int,
    recordedOutputTokens: Int? = nil, difficulty: Double = 0.5, priority: Int = 0,
    context: QueryContext? = nil
  ) {
    self.id = id
    self.arrival = arrival
    self.task = task
    self.promptTokens = promptTokens
    self.recordedOutputTokens = recordedOutputTokens
    self.difficulty = difficulty
    self.priority = priority
    storedContext = context.map(StoredContext.init)
  }

  /// What the prompt holds, and how long its asker waits; most queries say nothing of it.
  ///
  /// A change takes an allocation.
  @inlinable public var context: QueryContext {
    get { storedContext?.context ?? QueryContext() }
    set { storedContext = StoredContext(newValue) }
  }

  /// Whether anything is known of its context.
  @inlinable public var hasContext: Bool { storedContext != nil }

  @usableFromInline final class StoredContext: Sendable {
    @usableFromInline let context: QueryContext

    @usableFromInline init(_ context: QueryContext) { self.context = context }
  }
}

/// What is known of a query beside its size.
public struct QueryContext: Sendable {
  /// The conversation that the query belongs to; nil if it stands alone.
  public var session: UInt64?
  /// Position in its session, from 0.
  public var turn = 0
  /// Content of the leading prefix blocks of the prompt, and of the answer after it where the
  /// next turn repeats it: equal ids stand for equal tokens after equal tokens (a chained hash).
  public var prefixBlockIDs: [UInt64] = []
  /// Tokens that one of `prefixBlockIDs` stands for.
  public var prefixBlockTokens = 16
  /// What the workload declares of the query for policies to see; nil where nothing is declared.
  public var features: QueryFeatures?
  /// How long the policy takes over it, by which its arrival is later than when it was asked.
  public var decisionDelay = SimDuration.zero
  /// After so long without an end the request is given up as timed out.
  public var timeout: SimDuration?
  /// After so long without an end the asker cancels.
  public var patience: SimDuration?

  @inlinable public init() {}
}

/// A stream of queries, pulled one at a time in order of arrival.
///
/// Ids count up from 0 and arrivals never go back. A closed-loop run ignores the arrival times
/// and sets its own.
public protocol QuerySource {
  /// The next query, or nil at the end. Throws where the input behind it is broken.
  mutating func next() throws -> Query?

  /// What the asker of `query` sends next, now that it has ended, however it did; nil if nothing.
  ///
  /// The arrival is at or after `end`. Called once for each query that was given out, in order of
  /// ends. All of the follow-up but its arrival is a function of the session and the turn alone,
  /// so that every policy meets the same queries.
  mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query?

  /// Whether `followUp` ever gives anything; if not it is not called.
  var givesFollowUps: Bool { get }

  /// What was dropped and changed of a trace behind the queries, complete once `next` has given
  /// nil; nil where there is no trace. Copies of a source share it.
  var tally: TraceTally? { get }
}

extension QuerySource {
  /// Queries that stand alone have none.
  public mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? { nil }
  public var givesFollowUps: Bool { false }
  public var tally: TraceTally? { nil }
}
