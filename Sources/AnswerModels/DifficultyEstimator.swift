public import Workloads

/// A guess of a query's difficulty of stated quality: all that a policy may know of the truth.
public protocol DifficultyEstimator: Sendable {
  /// The estimate in (0, 1), on the scale of `Query.difficulty`; a pure function of the query.
  func estimate(_ query: Query) -> Double
}
