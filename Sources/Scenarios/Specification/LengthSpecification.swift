internal import NumericalMethods
internal import Workloads

/// A distribution of token counts as a scenario writes it.
public struct LengthSpecification: Hashable, Sendable {
  public var law: LengthLaw
  /// Draws beyond are cut to it; nil where nothing but the model limits them.
  public var longest: Int?

  /// The distribution itself. Throws where quantiles make none.
  func lengths() throws -> TokenLengths {
    switch law {
    case .constant(let tokens): .exactly(tokens)
    case .exponential(let mean): .exponential(mean: mean, maximum: longest)
    case .logNormal(let mean, let logSD):
      .logNormal(mean: mean, logSD: logSD, maximum: longest)
    case .gamma(let mean, let cv):
      .gamma(mean: mean, coefficientOfVariation: cv, maximum: longest)
    case .quantiles(let knots, let isSmooth):
      try .quantiles(
        knots.map { ($0.probability, $0.tokens) }, interpolation: isSmooth ? .steffen : .linear,
        maximum: longest)
    }
  }
}

/// The kinds of distributions of token counts.
public enum LengthLaw: Hashable, Sendable {
  case constant(Int)
  case exponential(mean: Double)
  /// By the mean of the length itself and the standard deviation of its logarithm.
  case logNormal(mean: Double, logSD: Double)
  case gamma(mean: Double, coefficientOfVariation: Double)
  /// Known quantiles, from probability 0 to probability 1; straight or by a monotone cubic.
  case quantiles([Knot], isSmooth: Bool)

  public struct Knot: Hashable, Sendable {
    public var probability: Double
    public var tokens: Double
  }
}
