internal import Quantities
internal import Workloads

/// A source that ends its run with `CancellationError` once the task is cancelled.
struct CancellableSource: QuerySource {
  /// Arrivals and ends between two looks at the task.
  private static let stride: UInt = 256

  var base: any QuerySource
  private var count: UInt = 0

  init(base: any QuerySource) { self.base = base }

  mutating func next() throws -> Query? {
    try look()
    return try base.next()
  }

  var givesFollowUps: Bool { base.givesFollowUps }

  mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    try look()
    return try base.followUp(to: query, endedAt: end)
  }

  private mutating func look() throws {
    if count % Self.stride == 0 { try Task.checkCancellation() }
    count &+= 1
  }

  var tally: TraceTally? { base.tally }
}
