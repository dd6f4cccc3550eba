internal import Workloads

/// A trace with the name of its file, which the errors of the bare trace lack.
struct NamedTraceSource: QuerySource {
  private var trace: any QuerySource
  private let path: String

  init(_ trace: any QuerySource, path: String) {
    self.trace = trace
    self.path = path
  }

  mutating func next() throws -> Query? {
    do {
      return try trace.next()
    } catch let error as TraceError {
      throw InputError(
        file: path, line: error.line, column: error.column, problem: error.problem,
        expectation: error.expectation)
    }
  }
}

/// A trace whose outputs are not the recorded ones: an answer model draws them.
struct UnrecordedOutputs: QuerySource {
  private var trace: any QuerySource

  init(_ trace: any QuerySource) { self.trace = trace }

  mutating func next() throws -> Query? {
    var query = try trace.next()
    query?.recordedOutputTokens = nil
    return query
  }
}
