public import Quantities

/// A stream whose queries are decided together at the end of each window of time: they come to the
/// fleet when their window is over.
public struct WindowedSource: QuerySource {
  private var base: any QuerySource
  private let window: SimDuration

  /// `window` > 0.
  public init(_ base: any QuerySource, window: SimDuration) {
    precondition(window > .zero, "a window of \(window.seconds) s")
    self.base = base
    self.window = window
  }

  public mutating func next() throws -> Query? { try base.next().map(collected) }

  public var givesFollowUps: Bool { base.givesFollowUps }

  public mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    try base.followUp(to: query, endedAt: end).map(collected)
  }

  public var tally: TraceTally? { base.tally }

  private func collected(_ query: Query) -> Query {
    let into = query.arrival.ticks % window.ticks
    return into == 0 ? query : query.decided(after: SimDuration(ticks: window.ticks - into))
  }
}
