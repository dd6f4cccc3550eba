@preconcurrency internal import CGSL

/// A residual function where GSL keeps an opaque pointer to it, and one solve.
final class LeastSquaresProblem {
  /// Relative step, and scaled gradient, below which the search has arrived: what central
  /// differences in double precision can resolve.
  private static let stepTolerance = 1e-8
  private static let gradientTolerance = 1e-10
  /// Relative decrease of the sum of squares in one iteration that no longer matters.
  private static let decreaseTolerance = 1e-13
  /// The cube root of the rounding error balances it against the curvature's.
  private static let differenceStep = 6e-6

  let parameterCount: Int
  let residualCount: Int
  private let residuals: ([Double], inout [Double]) -> Void
  private var parameters: [Double]
  private var output: [Double]

  init(
    parameterCount: Int, residualCount: Int,
    residuals: @escaping ([Double], inout [Double]) -> Void
  ) {
    self.parameterCount = parameterCount
    self.residualCount = residualCount
    self.residuals = residuals
    parameters = [Double](repeating: 0, count: parameterCount)
    output = [Double](repeating: 0, count: residualCount)
  }

  func solve(start: [Double], weights: [Double], maxIterations: Int) throws -> LeastSquaresFit {
    _ = GSLStatus.handlerIsOff
    return try withExtendedLifetime(self) {
      // GSL keeps the pointer to the function table: it must outlive the workspace.
      let functions = UnsafeMutablePointer<gsl_multifit_nlinear_fdf>.allocate(capacity: 1)
      defer { functions.deallocate() }
      functions.initialize(to: functionTable())
      var settings = gsl_multifit_nlinear_default_parameters()
      settings.fdtype = GSL_MULTIFIT_NLINEAR_CTRDIFF
      settings.h_df = Self.differenceStep
      let workspace = try GSLStatus.allocated(
        gsl_multifit_nlinear_alloc(
          gsl_multifit_nlinear_trust, &settings, residualCount, parameterCount),
        "least squares")
      defer { gsl_multifit_nlinear_free(workspace) }
      try initialize(workspace, functions, start: start, weights: weights)
      try iterate(workspace, atMost: maxIterations)
      return try result(workspace, weights: weights)
    }
  }

  /// Iterates until the step, the gradient or the sum of squares stands still.
  private func iterate(
    _ workspace: UnsafeMutablePointer<gsl_multifit_nlinear_workspace>, atMost limit: Int
  ) throws {
    var info: Int32 = 0
    var sum = sumOfSquares(workspace)
    var decrease = Double.infinity
    for _ in 0..<limit {
      let status = gsl_multifit_nlinear_iterate(workspace)
      let next = sumOfSquares(workspace)
      decrease = (sum - next) / max(next, .leastNormalMagnitude)
      sum = next
      // GSL reports no progress where rounding hides any further decrease: that is arrival.
      if status != Int32(GSL_ENOPROG) { try GSLStatus.check(status, "least squares") }
      let test = gsl_multifit_nlinear_test(
        Self.stepTolerance, Self.gradientTolerance, 0, &info, workspace)
      if test == Int32(GSL_SUCCESS) || decrease < Self.decreaseTolerance { return }
    }
    throw NumericalError(
      operation: "least squares",
      reason: "no minimum within \(limit) iterations; the last lowered the sum of squares by "
        + "\(decrease) of it")
  }

  private func sumOfSquares(
    _ workspace: UnsafeMutablePointer<gsl_multifit_nlinear_workspace>
  ) -> Double {
    var sum = 0.0
    gsl_blas_ddot(
      gsl_multifit_nlinear_residual(workspace), gsl_multifit_nlinear_residual(workspace), &sum)
    return sum
  }

  private func functionTable() -> gsl_multifit_nlinear_fdf {
    var table = gsl_multifit_nlinear_fdf()
    table.f = { LeastSquaresProblem.evaluate($0, $1, $2) }
    table.n = residualCount
    table.p = parameterCount
    table.params = Unmanaged.passUnretained(self).toOpaque()
    return table
  }

  private func initialize(
    _ workspace: UnsafeMutablePointer<gsl_multifit_nlinear_workspace>,
    _ functions: UnsafeMutablePointer<gsl_multifit_nlinear_fdf>, start: [Double],
    weights: [Double]
  ) throws {
    var start = start
    var weights = weights
    try start.withUnsafeMutableBufferPointer { start in
      try weights.withUnsafeMutableBufferPointer { weights in
        var startView = gsl_vector_view_array(start.baseAddress, start.count)
        var weightView = gsl_vector_view_array(weights.baseAddress, weights.count)
        try GSLStatus.check(
          gsl_multifit_nlinear_winit(&startView.vector, &weightView.vector, functions, workspace),
          "least squares from the start")
      }
    }
  }

  /// Called by GSL. Writes with the output's stride: during finite differences it is a column.
  private static func evaluate(
    _ x: UnsafePointer<gsl_vector>?, _ context: UnsafeMutableRawPointer?,
    _ f: UnsafeMutablePointer<gsl_vector>?
  ) -> Int32 {
    guard let x, let context, let f else { return Int32(GSL_EFAULT) }
    let problem = Unmanaged<LeastSquaresProblem>.fromOpaque(context).takeUnretainedValue()
    for i in 0..<problem.parameterCount { problem.parameters[i] = gsl_vector_get(x, i) }
    problem.residuals(problem.parameters, &problem.output)
    for i in 0..<problem.residualCount {
      guard problem.output[i].isFinite else { return Int32(GSL_EDOM) }
      gsl_vector_set(f, i, problem.output[i])
    }
    return Int32(GSL_SUCCESS)
  }

  private func result(
    _ workspace: UnsafeMutablePointer<gsl_multifit_nlinear_workspace>, weights: [Double]
  ) throws -> LeastSquaresFit {
    let p = parameterCount
    let solution = (0..<p).map { gsl_vector_get(gsl_multifit_nlinear_position(workspace), $0) }
    residuals(solution, &output)
    let sum = zip(weights, output).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    let scatter = residualCount > p ? sum / Double(residualCount - p) : 0
    let matrix = try GSLStatus.allocated(gsl_matrix_alloc(p, p), "covariance of the fit")
    defer { gsl_matrix_free(matrix) }
    try GSLStatus.check(
      gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(workspace), 0, matrix),
      "covariance of the fit")
    let covariance = (0..<p).map { i in
      (0..<p).map { j in scatter * gsl_matrix_get(matrix, i, j) }
    }
    return LeastSquaresFit(
      parameters: solution, standardErrors: (0..<p).map { covariance[$0][$0].squareRoot() },
      covariance: covariance, residuals: output, weightedSumOfSquares: sum,
      iterations: Int(gsl_multifit_nlinear_niter(workspace)))
  }
}
