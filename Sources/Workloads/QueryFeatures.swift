/// What a workload declares of a query for policies to see, as the columns of a file hold it: a
/// router's scores, an embedding, the text.
///
/// Which column stands where is the same for all queries of a workload.
public final class QueryFeatures: Sendable {
  /// By declared column of numbers.
  public let numbers: [Double]
  /// By declared column of text.
  public let texts: [String]

  public init(numbers: [Double], texts: [String] = []) {
    self.numbers = numbers
    self.texts = texts
  }
}
