import Foundation

/// Expectations over a standard normal variable by the trapezoidal rule, which converges faster
/// than any power of the step for smooth functions that the density makes vanish at both ends.
public struct NormalExpectation {
  private let nodes: [Double]
  private let weights: [Double]

  /// Nodes `step` apart over ten standard deviations on either side.
  public init(step: Double = 1.0 / 16) {
    let count = Int((10 / step).rounded())
    nodes = (-count...count).map { Double($0) * step }
    weights = nodes.map { step * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() }
  }

  /// E[f(Z)], Z ~ N(0, 1).
  public func callAsFunction(_ f: (Double) -> Double) -> Double {
    zip(nodes, weights).reduce(0) { $0 + $1.1 * f($1.0) }
  }
}
