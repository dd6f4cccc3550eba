/// Delete-one-batch variance.
enum Jackknife {
  /// The variance of a statistic of B batches, from its values without each of them.
  ///
  /// `(B-1)/B · Σ(θ₍ᵢ₎ - mean θ₍·₎)²`. For a mean over equal batches this is the textbook
  /// variance; for ratios and differences of ratios it agrees with the delta method to first
  /// order and needs no derivatives (R. G. Miller, "The jackknife: a review", Biometrika 61,
  /// 1974); for quantiles it holds because a batch, unlike a single value, grows with the run
  /// (J. Shao and C. F. J. Wu, "A general theory for jackknife variance estimation", Annals of
  /// Statistics 17, 1989). Nil with fewer than two values.
  static func variance(_ replicates: [Double]) -> Double? {
    let count = Double(replicates.count)
    guard count >= 2 else { return nil }
    // Equal replicates have no variance, whatever the rounding of their mean.
    guard replicates.contains(where: { $0 != replicates[0] }) else { return 0 }
    let mean = replicates.reduce(0, +) / count
    let squares = replicates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (count - 1) / count * squares
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
    guard values.contains(where: { $0 != values[0] }) else { return 0 }
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }
}
