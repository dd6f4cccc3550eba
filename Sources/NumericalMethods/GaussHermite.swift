@preconcurrency internal import CGSL

/// Expectations over a standard normal variable by Gauss–Hermite quadrature.
public struct NormalExpectation: Sendable {
  private let nodes: [Double]
  private let weights: [Double]

  /// A rule of `points` nodes, exact for polynomials of degree 2·points - 1.
  public init(points: Int = 64) {
    let table = gsl_integration_fixed_alloc(
      gsl_integration_fixed_hermite, points, 0, 0.5, 0, 0)!
    defer { gsl_integration_fixed_free(table) }
    let scale = 1 / (2 * Double.pi).squareRoot()  // weight exp(-z²/2) to the normal density
    nodes = (0..<points).map { gsl_integration_fixed_nodes(table)![$0] }
    weights = (0..<points).map { gsl_integration_fixed_weights(table)![$0] * scale }
  }

  /// E[f(Z)], Z ~ N(0, 1).
  public func callAsFunction(_ f: (Double) -> Double) -> Double {
    var sum = 0.0
    for i in nodes.indices { sum += weights[i] * f(nodes[i]) }
    return sum
  }
}
