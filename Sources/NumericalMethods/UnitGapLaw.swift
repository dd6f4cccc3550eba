#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Gaps of mean 1 between arrivals whose law changes from draw to draw.
///
/// Unlike `GammaDistribution`, which tabulates its inverse once for many draws, a draw costs the
/// same for a shape never seen before. It uses several uniforms, all keyed by the draw's id.
public enum UnitGapLaw: Hashable, Sendable {
  case exponential
  /// Of the shape given: coefficient of variation 1 / √shape.
  case gamma(shape: Double)
  case weibull(shape: Double)

  /// A gap.
  public func gap(_ stream: RandomStream, id: UInt64) -> Double {
    switch self {
    case .exponential: -log(stream.uniform(id: id))
    case .gamma(let shape): Self.gamma(shape, stream, id) / shape
    case .weibull(let shape): pow(-log(stream.uniform(id: id)), 1 / shape) / Self.mean(shape)
    }
  }

  /// From a moment that lies anywhere within a gap to the gap's end: a uniform share of a
  /// length-biased gap (Cox, "Renewal Theory", 1962, chapter 5).
  public func rest(_ stream: RandomStream, id: UInt64) -> Double {
    let share = stream.uniform(id: id, index: .max)
    switch self {
    case .exponential: return gap(stream, id: id)
    case .gamma(let shape): return share * Self.gamma(shape + 1, stream, id) / shape
    case .weibull(let shape):
      // x^k is gamma-distributed where x is a length-biased Weibull variate.
      return share * pow(Self.gamma(1 + 1 / shape, stream, id), 1 / shape) / Self.mean(shape)
    }
  }

  /// Of a Weibull variate of scale 1.
  private static func mean(_ shape: Double) -> Double { exp(lgamma(1 + 1 / shape)) }

  /// A gamma variate of scale 1 (Marsaglia and Tsang, ACM Transactions on Mathematical Software
  /// 26:3, 2000); shapes below 1 by their boost from shape + 1.
  private static func gamma(_ shape: Double, _ stream: RandomStream, _ id: UInt64) -> Double {
    guard shape >= 1 else {
      let boost = pow(stream.uniform(id: id, index: .max - 1), 1 / shape)
      return gamma(shape + 1, stream, id) * boost
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    // Each round accepts with a chance above 0.95.
    for round in 0..<64 as Range<UInt64> {
      let x = StandardNormal.quantile(stream.uniform(id: id, index: 2 * round))
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      let u = stream.uniform(id: id, index: 2 * round + 1)
      if log(u) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
    return shape
  }
}
