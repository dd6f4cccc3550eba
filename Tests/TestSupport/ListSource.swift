public import Quantities
public import Workloads

/// Queries from a list, in its order, and the follow-ups that a test names.
public struct ListSource: QuerySource {
  /// What comes after a query that has ended, and how long its asker thinks before sending it.
  public struct FollowUp: Sendable {
    public var query: Query
    public var thinkTime: SimDuration

    public init(_ query: Query, after thinkTime: SimDuration) {
      self.query = query
      self.thinkTime = thinkTime
    }
  }

  private let queries: [Query]
  /// By the number of the query that they follow.
  private let followUps: [UInt64: FollowUp]
  private var position = 0

  public init(_ queries: [Query], followUps: [UInt64: FollowUp] = [:]) {
    self.queries = queries
    self.followUps = followUps
  }

  public var givesFollowUps: Bool { !followUps.isEmpty }

  public mutating func next() -> Query? {
    guard position < queries.count else { return nil }
    defer { position += 1 }
    return queries[position]
  }

  public mutating func followUp(to query: Query, endedAt end: SimTime) -> Query? {
    guard let followUp = followUps[query.id] else { return nil }
    var next = followUp.query
    next.arrival = end + followUp.thinkTime
    return next
  }
}
