public import Workloads

/// A declared column of numbers between 0 and 1 as the estimate: whatever a researcher's own model
/// has said of the query.
public struct ColumnDifficultyEstimator: DifficultyEstimator {
  public let column: Int

  public init(column: Int) { self.column = column }

  /// Values outside the interval count as its ends; a query without the column as middling.
  public func estimate(_ query: Query) -> Double {
    guard let numbers = query.context.features?.numbers, column < numbers.count else { return 0.5 }
    return min(1 - 0x1p-53, max(0x1p-53, numbers[column]))
  }
}
