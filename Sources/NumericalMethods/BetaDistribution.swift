@preconcurrency internal import CGSL

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The beta distribution on (0, 1); its inverse CDF is tabulated once.
///
/// x and 1 - x both have a relative error below 1e-6 (as far as a Double near 1 can show it) for
/// every probability that a uniform draw can take, small parameters included, where GSL's own
/// inverse fails. Quantiles are never 0 or 1.
public struct BetaDistribution: QuantileFunction {
  public static let parameters: ClosedRange<Double> = 1e-3...1e5

  public let a: Double
  public let b: Double
  /// Log odds of the quantile by the log odds of the probability; nil if it is the identity.
  private let logOddsInverse: TabulatedInverse?

  /// Density proportional to x^(a-1) (1-x)^(b-1), `a` and `b` within `parameters`.
  public init(a: Double, b: Double) {
    precondition(Self.parameters.contains(a), "beta distribution of a = \(a)")
    precondition(Self.parameters.contains(b), "beta distribution of b = \(b)")
    self.a = a
    self.b = b
    logOddsInverse =
      a == 1 && b == 1
      ? nil : TabulatedInverse(center: log(a / b)) { Self.point($0, a: a, b: b) }
  }

  public var mean: Double { a / (a + b) }

  public func quantile(_ probability: Double) -> Double {
    guard logOddsInverse != nil else {
      precondition(probability > 0 && probability < 1, "beta quantile of \(probability)")
      return probability
    }
    let x = 1 / (1 + exp(-logOddsOfQuantile(probability)))
    return min(max(x, .leastNormalMagnitude), 1 - 0x1p-53)
  }

  /// ln(x / (1 - x)) of the quantile x: keeps the digits that x loses near 0 and 1.
  public func logOddsOfQuantile(_ probability: Double) -> Double {
    let t = TabulatedInverse.logOdds(probability)
    return logOddsInverse?(t) ?? t
  }

  /// At log odds `y` of x. The upper half is the lower half of the mirrored distribution.
  static func point(_ y: Double, a: Double, b: Double) -> TabulatedInverse.Point {
    guard y <= 0 else {
      let mirrored = point(-y, a: b, b: a)
      return .init(
        logLower: mirrored.logUpper, logUpper: mirrored.logLower, logDensity: mirrored.logDensity)
    }
    _ = GSLStatus.handlerIsOff
    let logBeta = gsl_sf_lnbeta(a, b)
    let logDensity = a * y - (a + b) * log1p(exp(y)) - logBeta  // x^a (1-x)^b / B(a, b)
    if y < -28 - log(1 + b) {
      // First term of the series for the lower tail; the next is b·x times smaller.
      let logLower = a * y - log(a) - logBeta
      return .init(logLower: logLower, logUpper: log(-expm1(logLower)), logDensity: logDensity)
    }
    let x = exp(y) / (1 + exp(y))
    return .init(
      logLower: log(gsl_cdf_beta_P(x, a, b)), logUpper: log(gsl_cdf_beta_Q(x, a, b)),
      logDensity: logDensity)
  }
}
