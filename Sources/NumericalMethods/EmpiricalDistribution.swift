/// A distribution known by some of its quantiles, such as the percentiles of a published trace.
///
/// The inverse CDF runs through the knots, straight or by Steffen's monotone cubic, as asked for;
/// both stay within the values given. Straight pieces mean a uniform density between two knots,
/// which puts too much mass into the upper part of a long tail; the cubic follows it better.
public struct EmpiricalDistribution: QuantileFunction {
  private let inverse: Curve
  /// Of the interpolated distribution, not of the data behind the knots.
  public let mean: Double

  /// `knots` from probability 0 to probability 1, which the smallest and the largest value have;
  /// probabilities increase strictly, values never decrease. Throws where they do not.
  public init(
    knots: [(probability: Double, value: Double)], interpolation: Curve.Interpolation
  ) throws {
    let name = "empirical distribution of \(knots.count) knots"
    guard knots.first?.probability == 0, knots.last?.probability == 1 else {
      throw NumericalError(
        operation: name, reason: "the first probability must be 0 and the last 1")
    }
    for (a, b) in zip(knots, knots.dropFirst()) {
      guard a.probability < b.probability, a.value <= b.value else {
        throw NumericalError(
          operation: name,
          reason: "knots must rise: (\(a.probability), \(a.value)) comes before "
            + "(\(b.probability), \(b.value))")
      }
    }
    inverse = try Curve(
      x: knots.map(\.probability), y: knots.map(\.value), interpolation: interpolation)
    mean = inverse.integral(over: 0...1)
  }

  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "empirical quantile of \(probability)")
    return inverse(probability)
  }
}
