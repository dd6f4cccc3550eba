public import NumericalMethods
public import Quantities

/// A distribution of times: a law in seconds, held between a nanosecond and a maximum.
///
/// Values beyond a bound become the bound; the mean differs from the law's where bounds bite.
public struct DurationDistribution: Sendable {
  private static let leastSeconds = 1e-9

  public let law: any QuantileFunction
  public let maximum: SimDuration

  /// Without a maximum no time is longer than `SyntheticSource.longestSeconds`.
  public init(_ law: any QuantileFunction, maximum: SimDuration? = nil) {
    self.law = law
    self.maximum = maximum ?? SimDuration(rounding: SyntheticSource.longestSeconds)
  }

  /// Always the same time.
  public static func exactly(_ duration: SimDuration) -> Self {
    Self(Constant(duration.seconds), maximum: duration)
  }

  /// The time at a probability in (0, 1).
  public func duration(_ probability: Double) -> SimDuration {
    let seconds = max(law.quantile(probability), Self.leastSeconds)
    return seconds < maximum.seconds ? SimDuration(rounding: seconds) : maximum
  }
}
