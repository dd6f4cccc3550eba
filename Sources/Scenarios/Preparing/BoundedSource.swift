internal import Quantities
internal import Workloads

/// Queries of an open stream, as far as a time series of bearable length can follow them.
struct BoundedSource: QuerySource {
  /// Most intervals of a time series: four months of seconds. Each is a row of the table.
  static let mostIntervals = 10_000_000

  private var base: any QuerySource
  private let interval: SimDuration
  private let latest: Int128

  init(_ base: any QuerySource, interval: SimDuration) {
    self.base = base
    self.interval = interval
    latest = interval.ticks * Int128(Self.mostIntervals)
  }

  var tally: TraceTally? { base.tally }

  /// Throws an `InputError` where the next query comes too late.
  mutating func next() throws -> Query? {
    do {
      let query = try base.next()
      if let query { try check(query.id, query.arrival) }
      return query
    } catch let error as WorkloadError {
      throw InputError(problem: error.problem, expectation: error.expectation)
    }
  }

  var givesFollowUps: Bool { base.givesFollowUps }

  mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    let query = try base.followUp(to: query, endedAt: end)
    if let query { try check(query.id, query.arrival) }
    return query
  }

  private func check(_ id: UInt64, _ arrival: SimTime) throws(InputError) {
    guard arrival.ticks > latest else { return }
    throw Self.tooLong("query \(id) arrives", arrival.seconds, interval)
  }

  static func tooLong(_ what: String, _ seconds: Double, _ interval: SimDuration) -> InputError {
    InputError(
      keyPath: "measurement",
      problem: "\(what) \(NumberText.of(seconds.rounded())) s after the start, too late for a "
        + "series_interval of \(NumberText.of(interval.seconds)) s",
      expectation: "a longer series_interval: at most \(mostIntervals) intervals")
  }
}
