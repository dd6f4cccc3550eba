public import NumericalMethods

/// A distribution of token counts: a continuous law, rounded to whole tokens and held between 1
/// and a maximum.
///
/// Values beyond a bound become the bound, as an API's limit cuts an answer; the mean of the
/// tokens therefore differs from the law's where bounds bite.
public struct TokenLengths: Sendable {
  private let drawn: DrawLaw
  public let maximum: Int

  public var law: any QuantileFunction { drawn.law }

  /// `maximum` ≥ 1; without one, 2³¹ - 1.
  public init(_ law: any QuantileFunction, maximum: Int? = nil) {
    let maximum = maximum ?? Int(Int32.max)
    precondition(maximum >= 1, "maximum of \(maximum) tokens")
    drawn = DrawLaw(law)
    self.maximum = maximum
  }

  /// Always the same number of tokens.
  public static func exactly(_ tokens: Int) -> Self { Self(Constant(Double(tokens))) }

  /// By the mean in tokens.
  public static func exponential(mean: Double, maximum: Int? = nil) -> Self {
    Self(ExponentialDistribution(mean: mean), maximum: maximum)
  }

  /// By the mean in tokens and the standard deviation of the logarithm.
  public static func logNormal(mean: Double, logSD: Double, maximum: Int? = nil) -> Self {
    Self(TabulatedQuantile(LogNormalDistribution(mean: mean, logSD: logSD)), maximum: maximum)
  }

  /// By the mean in tokens and the coefficient of variation.
  public static func gamma(
    mean: Double, coefficientOfVariation: Double, maximum: Int? = nil
  ) -> Self {
    Self(
      GammaDistribution(mean: mean, coefficientOfVariation: coefficientOfVariation),
      maximum: maximum)
  }

  /// By quantiles from probability 0 to 1, straight between them unless asked otherwise. Throws
  /// where they do not rise.
  public static func quantiles(
    _ knots: [(probability: Double, value: Double)],
    interpolation: Curve.Interpolation = .linear, maximum: Int? = nil
  ) throws -> Self {
    Self(try EmpiricalDistribution(knots: knots, interpolation: interpolation), maximum: maximum)
  }

  /// Tokens at a probability in (0, 1); halves round away from zero.
  public func tokens(_ probability: Double) -> Int {
    // From 1 on, half more and nothing after the point is the nearest whole number.
    Int(min(max(drawn.quantile(probability), 1), Double(maximum)) + 0.5)
  }
}
