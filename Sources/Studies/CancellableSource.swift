internal import Quantities
internal import Workloads

/// A source that ends its run with `CancellationError` once the task is cancelled.
struct CancellableSource: QuerySource {
  /// Arrivals between two looks at the task.
  private static let stride: UInt = 256

  var base: any QuerySource
  private var count: UInt = 0

  init(base: any QuerySource) { self.base = base }

  mutating func next() throws -> Query? {
    if count % Self.stride == 0 { try Task.checkCancellation() }
    count &+= 1
    return try base.next()
  }

  mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    try base.followUp(to: query, endedAt: end)
  }

  var tally: TraceTally? { base.tally }
}
