internal import NumericalMethods
public import Workloads

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// A guess that correlates with the difficulty, both on the normal scale.
///
/// estimate = Φ(r·z + √(1-r²)·n) with z = Φ⁻¹(difficulty) and n standard normal by query, so
/// that the estimates of uniformly difficult queries are themselves uniform.
public struct NoisyDifficultyEstimator: DifficultyEstimator {
  /// r in -1...1.
  public let correlation: Double
  private let noise: RandomStream

  public init(correlation: Double, seed: UInt64) {
    precondition((-1...1).contains(correlation), "correlation of \(correlation)")
    self.correlation = correlation
    noise = RandomStream(seed: seed, purpose: "difficulty estimate")
  }

  public func estimate(_ query: Query) -> Double {
    let z = StandardNormal.quantile(query.difficulty)
    let n = StandardNormal.quantile(noise.uniform(id: query.id))
    let score = correlation * z + (1 - correlation * correlation).squareRoot() * n
    // Beyond 8 standard deviations the normal distribution function rounds to 0 or 1.
    return StandardNormal.cdf(min(8, max(-8, score)))
  }

  /// The correlation of an estimator that tells the harder half of the queries from the easier
  /// half with area `auc` under its ROC curve, 0 to 1.
  ///
  /// AUC = 1/2 + (2/π)·asin(r/√2), the probability that, of two bivariate normal pairs on
  /// either side of the median, the estimates are in the right order: four times an orthant
  /// probability of three normals with correlations r/√2, r/√2 and 0.
  public static func correlation(medianSplitAUC auc: Double) -> Double {
    precondition((0...1).contains(auc), "area under the curve of \(auc)")
    return min(1, max(-1, 2.0.squareRoot() * sin(Double.pi / 2 * (auc - 0.5))))
  }
}
