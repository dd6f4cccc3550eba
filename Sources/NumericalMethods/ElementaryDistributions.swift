@preconcurrency internal import CGSL

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The exponential distribution of a given mean.
public struct ExponentialDistribution: QuantileFunction, Hashable {
  public let mean: Double

  public init(mean: Double) {
    precondition(mean > 0 && mean.isFinite, "exponential distribution of mean \(mean)")
    self.mean = mean
  }

  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "exponential quantile of \(probability)")
    // As for every uniform draw, the rest is mostly exact; its logarithm is then the cheaper one.
    let rest = 1 - probability
    guard 1 - rest == probability else { return gsl_cdf_exponential_Pinv(probability, mean) }
    return -mean * log(rest)
  }
}

/// The log-normal distribution: ln X is normal.
public struct LogNormalDistribution: QuantileFunction, Hashable {
  /// Mean of ln X.
  public let logMean: Double
  /// Standard deviation of ln X.
  public let logSD: Double

  public init(logMean: Double, logSD: Double) {
    precondition(logMean.isFinite, "log-normal distribution of log mean \(logMean)")
    precondition(logSD >= 0 && logSD.isFinite, "log-normal distribution of log sd \(logSD)")
    self.logMean = logMean
    self.logSD = logSD
  }

  /// By the mean of X itself: E[X] = exp(logMean + logSD²/2).
  public init(mean: Double, logSD: Double) {
    precondition(mean > 0 && mean.isFinite, "log-normal distribution of mean \(mean)")
    self.init(logMean: log(mean) - logSD * logSD / 2, logSD: logSD)
  }

  public var mean: Double { exp(logMean + logSD * logSD / 2) }

  public func quantile(_ probability: Double) -> Double {
    exp(logMean + logSD * StandardNormal.quantile(probability))
  }
}
