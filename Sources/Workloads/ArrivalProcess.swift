internal import NumericalMethods

/// When queries arrive: a renewal process on a clock that runs with the rate profile.
///
/// Gaps are drawn with mean 1 and added up; the k-th arrival is the moment at which the expected
/// number of arrivals, the integral of the rate, reaches the k-th sum (time rescaling). The rate
/// at any moment is therefore the profile's, whatever the law of the gaps.
///
/// Time 0 lies anywhere within a gap, not at its start: the first arrival follows the equilibrium
/// law of the gaps, a uniform share of a length-biased one. Only then is the expected number of
/// arrivals by any time the integral of the rate (Cox, "Renewal Theory", 1962, chapter 2.2).
public struct ArrivalProcess: Sendable {
  /// Law of the gaps at mean 1; nil where everything is there at time 0.
  let gaps: (any QuantileFunction)?
  /// Law of the gap within which time 0 lies, longer gaps being likelier to hold it; nil where the
  /// rest of it has the law of any gap, as for exponential gaps.
  let gapAtStart: (any QuantileFunction)?
  /// Arrivals per second where the profile's multiplier is 1.
  public let rate: Double
  public let profile: RateProfile
  /// Where in the profile's period time 0 lies.
  public let profileStartSeconds: Double
  private let rescaledStart: Double
  private let isAtOnce: Bool

  /// Independent arrivals: exponential gaps.
  public static func poisson(
    rate: Double, profile: RateProfile = .constant, profileStartSeconds: Double = 0
  ) -> Self {
    Self(
      gaps: ExponentialDistribution(mean: 1), rate: rate, profile: profile,
      profileStartSeconds: profileStartSeconds)
  }

  /// Gamma gaps: burstier than Poisson for a coefficient of variation above 1, more even below.
  public static func gamma(
    rate: Double, coefficientOfVariation: Double, profile: RateProfile = .constant,
    profileStartSeconds: Double = 0
  ) -> Self {
    let gaps = GammaDistribution(mean: 1, coefficientOfVariation: coefficientOfVariation)
    return Self(
      gaps: gaps, gapAtStart: GammaDistribution(shape: gaps.shape + 1, scale: gaps.scale),
      rate: rate, profile: profile, profileStartSeconds: profileStartSeconds)
  }

  /// All queries at time 0: a batch, or a closed loop that sets its own times.
  public static let atOnce = Self(
    gaps: nil, rate: 1, profile: .constant, profileStartSeconds: 0)

  private init(
    gaps: (any QuantileFunction)?, gapAtStart: (any QuantileFunction)? = nil, rate: Double,
    profile: RateProfile, profileStartSeconds: Double
  ) {
    precondition(rate > 0 && rate.isFinite, "arrival rate \(rate) per second")
    precondition(profileStartSeconds >= 0, "profile read from \(profileStartSeconds) s on")
    self.gaps = gaps
    isAtOnce = gaps == nil
    self.gapAtStart = gapAtStart
    self.rate = rate
    self.profile = profile
    self.profileStartSeconds = profileStartSeconds
    rescaledStart = profile.rescaledTime(at: profileStartSeconds)
  }

  /// Seconds at which the expected number of arrivals reaches `count`.
  func seconds(atExpectedCount count: Double) -> Double {
    guard !isAtOnce else { return 0 }
    return profile.seconds(atRescaledTime: rescaledStart + count / rate) - profileStartSeconds
  }
}
