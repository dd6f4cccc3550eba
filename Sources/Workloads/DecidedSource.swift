public import Quantities

/// A stream whose queries come later by the time that the policy takes to decide them: they arrive
/// at the fleet when it has.
///
/// Their timeouts and patience count from when they were asked. What follows a query is asked when
/// that has ended, and is decided in its turn.
public struct DecidedSource: QuerySource {
  private var base: any QuerySource
  private let delay: SimDuration

  /// `delay` ≥ 0.
  public init(_ base: any QuerySource, delay: SimDuration) {
    precondition(delay >= .zero, "a delay of \(delay.seconds) s")
    self.base = base
    self.delay = delay
  }

  public mutating func next() throws -> Query? { try base.next().map(delayed) }

  public var givesFollowUps: Bool { base.givesFollowUps }

  public mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    try base.followUp(to: query, endedAt: end).map(delayed)
  }

  public var tally: TraceTally? { base.tally }

  private func delayed(_ query: Query) -> Query { query.decided(after: delay) }
}

extension Query {
  /// The query as it comes to the fleet when deciding it has taken so long.
  public func decided(after delay: SimDuration) -> Query {
    var query = self
    var context = query.context
    query.arrival = query.arrival + delay
    context.decisionDelay += delay
    // One that is over before the decision ends with it.
    context.timeout = context.timeout.map { max(.zero, $0 - delay) }
    context.patience = context.patience.map { max(.zero, $0 - delay) }
    query.context = context
    return query
  }
}
