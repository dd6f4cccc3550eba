/// What leaving out one batch at a time tells of the error of a statistic.
///
/// For a mean over equal batches these are the textbook moments; for ratios and differences of
/// ratios they agree with the delta method to first order and need no derivatives (R. G. Miller,
/// "The jackknife: a review", Biometrika 61, 1974).
struct JackknifeMoments {
  /// Of the statistic.
  let variance: Double
  /// Third central moment of the statistic.
  let third: Double
  /// Of the variance: B - 1 of batches that are normal, fewer where rare batches make most of it.
  ///
  /// The variance of a sample variance is σ⁴ (2 / (B - 1) + κ / B) with κ the excess kurtosis, and
  /// 2 σ⁴ / d for a χ² of d degrees (F. E. Satterthwaite, "An approximate distribution of estimates
  /// of variance components", Biometrics Bulletin 2, 1946).
  let degreesOfFreedom: Double

  /// From the statistic's values without each of the batches; nil with fewer than two.
  init?(_ replicates: [Double]) {
    let count = Double(replicates.count)
    guard let variance = Jackknife.variance(replicates) else { return nil }
    self.variance = variance
    guard count >= 4, variance > 0 else {
      (third, degreesOfFreedom) = (0, count - 1)
      return
    }
    let mean = SampleMoments.mean(replicates)
    // How far what each batch says lies off what all say.
    let pulls = replicates.map { (count - 1) * (mean - $0) }
    let squares = pulls.reduce(0) { $0 + $1 * $1 }
    let cubes = pulls.reduce(0) { $0 + $1 * $1 * $1 }
    let fourths = pulls.reduce(0) { $0 + $1 * $1 * $1 * $1 }
    third = cubes / (count * (count - 1) * (count - 2))
    let excess = count * fourths / (squares * squares) - 3
    let kurtosis = (count - 1) / ((count - 2) * (count - 3)) * ((count + 1) * excess + 6)
    degreesOfFreedom = 2 / (2 / (count - 1) + max(0, kurtosis) / count)
  }
}

/// Delete-one-batch variance.
enum Jackknife {
  /// The variance of a statistic of B batches, from its values without each of them:
  /// `(B-1)/B · Σ(θ₍ᵢ₎ - mean θ₍·₎)²`. Nil with fewer than two values.
  static func variance(_ replicates: [Double]) -> Double? {
    let count = Double(replicates.count)
    return SampleMoments.variance(replicates).map { $0 * (count - 1) * (count - 1) / count }
  }
}

/// Moments of a sample.
enum SampleMoments {
  static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// The unbiased variance; nil with fewer than two values.
  static func variance(_ values: [Double]) -> Double? {
    guard values.count >= 2 else { return nil }
    // Equal values have no variance, whatever the rounding of their mean.
    guard values.contains(where: { $0 != values[0] }) else { return 0 }
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }
}
