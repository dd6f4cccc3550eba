internal import NumericalMethods

/// A law that a stream draws from by the million.
///
/// The commonest ones stand here as they are, since drawing from an existential copies it first.
enum DrawLaw: Sendable {
  case constant(Constant)
  case exponential(ExponentialDistribution)
  case other(Box)

  final class Box: Sendable {
    let law: any QuantileFunction
    init(_ law: any QuantileFunction) { self.law = law }
  }

  init(_ law: any QuantileFunction) {
    self =
      switch law {
      case let law as Constant: .constant(law)
      case let law as ExponentialDistribution: .exponential(law)
      default: .other(Box(law))
      }
  }

  var law: any QuantileFunction {
    switch self {
    case .constant(let law): law
    case .exponential(let law): law
    case .other(let box): box.law
    }
  }

  func quantile(_ probability: Double) -> Double {
    switch self {
    case .constant(let law): law.quantile(probability)
    case .exponential(let law): law.quantile(probability)
    case .other(let box): box.law.quantile(probability)
    }
  }
}
