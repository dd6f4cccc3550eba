internal import Quantities
internal import Workloads

/// A trace with the name of its file, which the errors of the bare trace lack.
struct NamedTraceSource: QuerySource {
  private var trace: any QuerySource
  private let path: String

  init(_ trace: any QuerySource, path: String) {
    self.trace = trace
    self.path = path
  }

  var tally: TraceTally? { trace.tally }

  mutating func next() throws -> Query? {
    do {
      return try trace.next()
    } catch let error as TraceError {
      throw InputError(error, path: path)
    } catch let error as WorkloadError {
      throw InputError(file: path, problem: error.problem, expectation: error.expectation)
    }
  }

  var givesFollowUps: Bool { trace.givesFollowUps }

  mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    try trace.followUp(to: query, endedAt: end)
  }
}

extension InputError {
  /// An error within the trace at `path`; records of a trace of many files carry their own name.
  init(_ error: TraceError, path: String) {
    self.init(
      file: error.file ?? path, line: error.line, column: error.column, problem: error.problem,
      expectation: error.expectation)
  }
}
