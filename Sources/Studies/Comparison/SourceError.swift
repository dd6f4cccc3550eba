internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What one source leaves open.
public struct SourceError: Hashable, Sendable {
  public var standardError: Double
  /// Of Student's t.
  public var degreesOfFreedom: Double
  /// Of the estimate: its third central moment by the cube of its standard error.
  public var skewness: Double

  public init(standardError: Double, degreesOfFreedom: Double, skewness: Double = 0) {
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
    self.skewness = skewness
  }

  /// Student's, bent by the skewness: an estimate that now and then comes out far too high is
  /// usually somewhat too low, and its standard error with it.
  func interval(
    around value: Double, level: Double = ConfidenceLevel.standard
  ) -> ClosedRange<Double> {
    let quantile = studentQuantile(level)
    let ends = [quantile, -quantile].map { value - standardError * bend.errors(atStudent: $0) }
    return min(ends[0], ends[1])...max(ends[0], ends[1])
  }

  /// Chance of an estimate at least so far from 0, were the truth 0.
  func pValue(of value: Double) -> Double {
    guard standardError > 0 else { return value == 0 ? 1 : 0 }
    let deviate = bend.student(atErrors: value / standardError)
    return min(1, 2 * StudentT.upperTail(abs(deviate), degreesOfFreedom: degreesOfFreedom))
  }

  private var bend: SkewnessBend {
    SkewnessBend(skewness, atMost: studentQuantile(ConfidenceLevel.standard))
  }

  private func studentQuantile(_ level: Double) -> Double {
    StudentT.quantile((1 + level) / 2, degreesOfFreedom: degreesOfFreedom)
  }
}

/// How far the quantiles of an estimate lie off Student's where the estimate is skewed.
///
/// R. Willink, "A confidence interval and test for the mean of an asymmetric distribution",
/// Communications in Statistics - Theory and Methods 34, 2005, as steady-state simulation uses it
/// (A. Tafazzoli and J. R. Wilson, "Skart: a skewness- and autoregression-adjusted batch-means
/// procedure for simulation analysis", IIE Transactions 43, 2011).
private struct SkewnessBend {
  /// A sixth of the skewness, as far as a dozen batches can tell it: the far side of an interval of
  /// `ConfidenceLevel.standard` is 1.75 times the near one at the most. Soon beyond, the cube root
  /// would make it many times as long.
  private let sixth: Double
  /// Of that sixth and Student's quantile, whose product decides how unlike the two sides are.
  private static let mostProduct = 0.11

  init(_ skewness: Double, atMost quantile: Double) {
    let most = Self.mostProduct / quantile
    sixth = min(most, max(-most, skewness / 6))
  }

  /// Standard errors by which the estimate lies above the truth where Student's t is `deviate`:
  /// (∛(1 + 6b(t - b)) - 1) / 2b for a sixth b of the skewness, written so that b may be 0.
  func errors(atStudent deviate: Double) -> Double {
    let root = cbrt(1 + 6 * sixth * (deviate - sixth))
    return 3 * (deviate - sixth) / (root * root + root + 1)
  }

  /// The inverse, b + ((1 + 2be)³ - 1) / 6b: Student's t of an estimate that lies so many standard
  /// errors off.
  func student(atErrors errors: Double) -> Double {
    let bend = 2 * sixth * errors
    return sixth + errors * (1 + bend + bend * bend / 3)
  }
}
