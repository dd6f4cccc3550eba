/// How a residual counts towards the sum that a fit makes small.
public enum ResidualLoss: Hashable, Sendable {
  /// r²: every residual in full.
  case squares
  /// 2s²·(√(1 + (r/s)²) - 1): r² within `scale`, linear beyond, so that a few wild rows do not
  /// rule the fit.
  case softL1(scale: Double)

  /// The weight that makes r² stand in for the loss near r (iteratively reweighted squares).
  func weight(_ residual: Double) -> Double {
    switch self {
    case .squares: return 1
    case .softL1(let scale):
      let ratio = residual / scale
      return 1 / (1 + ratio * ratio).squareRoot()
    }
  }
}

/// The parameters that make a sum of squared residuals smallest, and how well they are known.
public struct LeastSquaresFit: Sendable {
  public let parameters: [Double]
  /// Standard errors, from the curvature at the solution and the scatter of the residuals.
  public let standardErrors: [Double]
  /// Covariance of the parameters, row by row.
  public let covariance: [[Double]]
  /// Unweighted residuals at the solution.
  public let residuals: [Double]
  /// Weighted sum of squares at the solution.
  public let weightedSumOfSquares: Double
  public let iterations: Int
}

/// Non-linear least squares by the trust region method of Levenberg and Marquardt (GSL).
public enum LeastSquares {
  /// Relative change of every parameter below which reweighting has settled.
  private static let weightTolerance = 1e-6

  /// Fits parameters to residuals, which `residuals(parameters, &output)` writes.
  ///
  /// `weights` multiply the squared residuals (1 where left out). Parameters are unbounded: let
  /// the caller transform those that are not. Throws `NumericalError` where the method does not
  /// converge, so a result is always a minimum. Derivatives are central differences.
  public static func fit(
    start: [Double], residualCount: Int, weights: [Double]? = nil,
    loss: ResidualLoss = .squares, maxIterations: Int = 200,
    residuals: ([Double], inout [Double]) -> Void
  ) throws -> LeastSquaresFit {
    precondition(!start.isEmpty && residualCount >= start.count, "fewer residuals than parameters")
    let given = weights ?? [Double](repeating: 1, count: residualCount)
    precondition(given.count == residualCount, "one weight per residual")
    return try withoutActuallyEscaping(residuals) { escaping in
      let problem = LeastSquaresProblem(
        parameterCount: start.count, residualCount: residualCount, residuals: escaping)
      var fit = try problem.solve(start: start, weights: given, maxIterations: maxIterations)
      guard loss != .squares else { return fit }
      return try reweighted(&fit, problem, given, loss, maxIterations)
    }
  }

  /// Repeats the fit with the weights that the loss gives its residuals, until it stands still.
  private static func reweighted(
    _ fit: inout LeastSquaresFit, _ problem: LeastSquaresProblem, _ given: [Double],
    _ loss: ResidualLoss, _ maxIterations: Int
  ) throws -> LeastSquaresFit {
    for _ in 0..<maxIterations {
      let weights = zip(given, fit.residuals).map { $0 * loss.weight($1) }
      let next = try problem.solve(
        start: fit.parameters, weights: weights, maxIterations: maxIterations)
      let step = zip(next.parameters, fit.parameters).map { abs($0 - $1) / max(abs($1), 1e-12) }
      fit = next
      if step.allSatisfy({ $0 < weightTolerance }) { return fit }
    }
    throw NumericalError(operation: "robust least squares", reason: "the weights do not settle")
  }
}
