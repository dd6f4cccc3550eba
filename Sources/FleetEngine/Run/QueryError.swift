internal import Quantities
internal import Workloads

/// A source that gives out what no source may: a fault of the source, named by its query.
public struct QueryError: Error, Hashable, CustomStringConvertible, Sendable {
  public let id: UInt64
  public let problem: String

  public var description: String { "query \(id) \(problem)" }
}

extension Query {
  /// Throws where its sizes or times are none.
  @inline(__always) func check() throws {
    guard promptTokens > 0 else { throw fault("has a prompt of \(promptTokens) tokens") }
    if hasContext { try checkContext() }
  }

  @inline(never) private func checkContext() throws {
    let context = context
    for time in [context.timeout, context.patience] where time.map({ $0 < .zero }) == true {
      throw fault("is given up before it arrives")
    }
    guard context.prefixBlockIDs.isEmpty || context.prefixBlockTokens > 0 else {
      throw fault("names prefix blocks of \(context.prefixBlockTokens) tokens")
    }
  }

  func fault(_ problem: String) -> QueryError { QueryError(id: id, problem: problem) }
}
