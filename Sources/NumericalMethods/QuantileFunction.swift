/// A distribution given by its inverse CDF: one uniform draw in, one variate out.
///
/// Inversion keeps every draw a pure function of its uniform, so that a stream of uniforms keyed
/// by query gives each query the same luck whatever is drawn beside it, and a changed parameter
/// moves the variates without reordering them. Calls are deterministic, safe on any thread and
/// allocate nothing.
public protocol QuantileFunction: Sendable {
  /// The x with P(X ≤ x) = `probability`, which lies in (0, 1); non-decreasing.
  func quantile(_ probability: Double) -> Double
  /// Expectation of X, exact up to rounding.
  var mean: Double { get }
}

/// A distribution with all its mass in one value.
public struct Constant: QuantileFunction, Hashable {
  public let mean: Double

  public init(_ value: Double) {
    precondition(value.isFinite, "constant \(value)")
    mean = value
  }

  public func quantile(_ probability: Double) -> Double { mean }
}
