internal import Quantities
internal import Workloads

/// Queries of an open stream, as far as a time series of bearable length can follow them.
struct BoundedSource: QuerySource {
  /// Most intervals of a time series: four months of seconds. Each is a row of the table.
  static let mostIntervals = 10_000_000

  private var base: any QuerySource
  private let interval: SimDuration

  init(_ base: any QuerySource, interval: SimDuration) {
    self.base = base
    self.interval = interval
  }

  /// Throws an `InputError` where the next query comes too late.
  mutating func next() throws -> Query? {
    do {
      return try base.next().map(checked)
    } catch let error as WorkloadError {
      throw InputError(problem: error.problem, expectation: error.expectation)
    }
  }

  var givesFollowUps: Bool { base.givesFollowUps }

  mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    try base.followUp(to: query, endedAt: end).map(checked)
  }

  private func checked(_ query: Query) throws(InputError) -> Query {
    guard query.arrival.ticks <= interval.ticks * Int128(Self.mostIntervals) else {
      throw Self.tooLong("query \(query.id) arrives", query.arrival.seconds, interval)
    }
    return query
  }

  static func tooLong(_ what: String, _ seconds: Double, _ interval: SimDuration) -> InputError {
    InputError(
      keyPath: "measurement",
      problem: "\(what) \(NumberText.of(seconds.rounded())) s after the start, too late for a "
        + "series_interval of \(NumberText.of(interval.seconds)) s",
      expectation: "a longer series_interval: at most \(mostIntervals) intervals")
  }
}
