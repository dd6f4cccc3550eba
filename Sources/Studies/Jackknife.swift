internal import NumericalMethods

/// An estimate with its two-sided confidence interval.
public struct Estimate: Hashable, Sendable {
  public let value: Double
  /// Nil where too little was seen to say.
  public let interval: ClosedRange<Double>?

  public init(value: Double, interval: ClosedRange<Double>?) {
    self.value = value
    self.interval = interval
  }
}

enum Jackknife {
  /// The estimate of a statistic of `batchCount` batches, with the delete-one-batch interval.
  ///
  /// `statistic` gives the value without one batch, or of all for nil; nil where it is undefined.
  /// With θ the statistic of all B batches and θ₍ᵢ₎ that without batch i, the variance is
  /// `(B-1)/B · Σ(θ₍ᵢ₎ - mean θ₍·₎)²` and the interval θ ± t·√variance, Student's t with B-1
  /// degrees of freedom. For a mean over equal batches this is the textbook interval; for ratios
  /// and differences of ratios it agrees with the delta method to first order and needs no
  /// derivatives (R. G. Miller, "The jackknife: a review", Biometrika 61, 1974).
  static func estimate(
    batchCount: Int, level: Double = ConfidenceLevel.standard,
    _ statistic: (_ excluded: Int?) -> Double?
  ) -> Estimate? {
    guard let value = statistic(nil) else { return nil }
    guard batchCount >= 2 else { return Estimate(value: value, interval: nil) }
    var replicates: [Double] = []
    for batch in 0..<batchCount {
      guard let replicate = statistic(batch) else { return Estimate(value: value, interval: nil) }
      replicates.append(replicate)
    }
    let count = Double(batchCount)
    let mean = replicates.reduce(0, +) / count
    let squares = replicates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = ((count - 1) / count * squares).squareRoot()
    let half = deviation * StudentT.quantile((1 + level) / 2, degreesOfFreedom: count - 1)
    return Estimate(value: value, interval: (value - half)...(value + half))
  }
}
