public import Workloads

/// Queries from a list, in its order.
public struct ListSource: QuerySource {
  private let queries: [Query]
  private var position = 0

  public init(_ queries: [Query]) { self.queries = queries }

  public mutating func next() -> Query? {
    guard position < queries.count else { return nil }
    defer { position += 1 }
    return queries[position]
  }
}
