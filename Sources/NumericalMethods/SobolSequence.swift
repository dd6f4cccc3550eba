@preconcurrency internal import CGSL

/// Sobol's points: they fill a cube more evenly than random ones, and are the same every time.
public enum SobolSequence {
  /// GSL's tables end here.
  public static let allowedDimensions = 1...40

  /// `count` points of the standard normal distribution in `dimensions` dimensions, one after the
  /// other; best where `count` is a power of two.
  ///
  /// The uniform points are shifted by half a step of the grid that `count` points make, so that
  /// none lies on the border.
  public static func normalPoints(_ count: Int, dimensions: Int) throws -> [Double] {
    precondition(allowedDimensions.contains(dimensions), "\(dimensions) dimensions")
    let generator = try GSLStatus.allocated(
      gsl_qrng_alloc(gsl_qrng_sobol, UInt32(dimensions)), "Sobol's sequence")
    defer { gsl_qrng_free(generator) }
    var point = [Double](repeating: 0, count: dimensions)
    var points: [Double] = []
    points.reserveCapacity(count * dimensions)
    let half = 0.5 / Double(count)
    // GSL leaves out the first point of the sequence, the origin.
    for index in 0..<count {
      if index > 0 { try GSLStatus.check(gsl_qrng_get(generator, &point), "Sobol's sequence") }
      for value in point { points.append(StandardNormal.quantile(min(value + half, 1 - half))) }
    }
    return points
  }
}
