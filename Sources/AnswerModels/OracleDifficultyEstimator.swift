public import Workloads

/// Knows the difficulty exactly: the bound that no real estimator passes.
public struct OracleDifficultyEstimator: DifficultyEstimator {
  public init() {}

  public func estimate(_ query: Query) -> Double { query.difficulty }
}
