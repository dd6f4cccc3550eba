internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A fit of positive parameters to positive measurements on the scale of ratios.
///
/// Parameters are fitted as logarithms, so they stay positive; a residual is the logarithm of
/// predicted over measured, so that large and small rows count alike.
struct PositiveFit {
  /// Logarithm of the largest factor that a trial step may take a parameter from its start; keeps
  /// a wild trial finite, so that the search can reject it.
  private static let widestSearch = 10.0

  let parameters: [Double]
  /// To first order, from the logarithm's.
  let standardErrors: [Double]
  /// Signed relative errors of the rows.
  let errors: [Double]

  init(
    start: [Double], measured: [Double], weights: [Double]? = nil, lossScale: Double,
    predict: ([Double], inout [Double]) -> Void
  ) throws {
    let origin = start.map { log($0) }
    var values = start
    let fit = try LeastSquares.fit(
      start: origin, residualCount: measured.count, weights: weights,
      loss: .softL1(scale: lossScale)
    ) { logarithms, residuals in
      for i in logarithms.indices { values[i] = Self.bounded(logarithms[i], around: origin[i]) }
      predict(values, &residuals)
      for i in residuals.indices { residuals[i] = log(residuals[i] / measured[i]) }
    }
    let solution = zip(fit.parameters, origin).map { Self.bounded($0, around: $1) }
    parameters = solution
    standardErrors = zip(solution, fit.standardErrors).map { $0 * $1 }
    errors = fit.residuals.map { exp($0) - 1 }
  }

  private static func bounded(_ logarithm: Double, around origin: Double) -> Double {
    exp(origin + min(max(logarithm - origin, -widestSearch), widestSearch))
  }
}
