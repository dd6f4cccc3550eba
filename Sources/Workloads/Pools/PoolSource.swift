/// The arrivals of another stream, each with a query of a pool: its task, its size, its features.
public struct PoolSource: QuerySource {
  private var base: any QuerySource
  private let pool: QueryPool
  private let draw: PoolDraw

  public init(_ base: any QuerySource, pool: QueryPool, draw: PoolDraw) {
    self.base = base
    self.pool = pool
    self.draw = draw
  }

  public mutating func next() throws -> Query? {
    guard let query = try base.next() else { return nil }
    if let limit = draw.limit, query.id >= UInt64(limit) { return nil }
    return drawn(query)
  }

  public var tally: TraceTally? { base.tally }

  private func drawn(_ arrival: Query) -> Query {
    let entry = pool.entries[draw.position(of: arrival.id)]
    var query = arrival
    query.task = entry.task
    query.difficulty = entry.difficulty
    query.recordedOutputTokens = nil
    // Arms differ in their templates: the policy sees the least, what the question itself takes.
    query.promptTokens = max(1, entry.outcomes.compactMap { $0?.promptTokens }.min() ?? 1)
    if let features = entry.features {
      var context = query.context
      context.features = features
      query.context = context
    }
    return query
  }
}
