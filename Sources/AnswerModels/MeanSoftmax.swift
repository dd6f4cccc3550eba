#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// The mean, over queries, of the softmax chance of the right answer, as a function of μ.
///
/// With 1/(1+x) = ∫ e^(-t) e^(-tx) dt the mean over the M wrong answers factors into M equal
/// one-dimensional means, for any M:
///
///   E[p](μ) = ∫ exp(y - e^y) Ψ(y - μ) dy,   Ψ(v) = E_ζ[ Φ(v - sζ)^M ],
///   Φ(v) = E_w[ exp(-exp(v + s_w·w)) ].
///
/// All three integrands are analytic in a strip and fall off fast, so that the trapezoid rule
/// converges exponentially: with these steps it is exact to about 1e-8. Ψ does not depend on μ
/// and is tabulated once.
struct MeanSoftmax {
  /// μ for which `callAsFunction` is exact.
  static let locations = -60.0...60.0

  private let step: Double
  private let firstPoint: Double
  private let table: [Double]

  /// Standard deviations beyond which the normal density is below 1e-16.
  private static let normalReach = 8.6
  /// Where exp(y - e^y) is below 1e-17 on either side.
  private static let kernelReach = -40.0...4.0

  init(abilitySpread s: Double, wrongAnswerSpread: Double, wrongAnswers: Int) {
    let step = min(0.25, s)
    let halfWidth = Int((Self.normalReach * s / step).rounded(.up))
    let low = Self.kernelReach.lowerBound - Self.locations.upperBound
    let high = Self.kernelReach.upperBound - Self.locations.lowerBound
    let count = Int(((high - low) / step).rounded(.up)) + 1

    let wrong = (-halfWidth..<count + halfWidth).map { index in
      Self.allWrongAnswers(
        low + Double(index) * step, spread: wrongAnswerSpread, count: wrongAnswers)
    }
    let weights = Self.normalWeights(step: step / s, halfWidth: halfWidth)
    table = (0..<count).map { index in
      var sum = 0.0
      for k in weights.indices { sum += weights[k] * wrong[index + k] }
      return sum
    }
    self.step = step
    firstPoint = low
  }

  /// E[p] at μ = `location`.
  func callAsFunction(_ location: Double) -> Double {
    precondition(Self.locations.contains(location), "location \(location)")
    var sum = 0.0
    for index in table.indices {
      let y = firstPoint + Double(index) * step + location
      guard Self.kernelReach.contains(y) else { continue }
      sum += exp(y - exp(y)) * table[index]
    }
    return sum * step
  }

  /// Φ(v)^M.
  private static func allWrongAnswers(_ v: Double, spread: Double, count: Int) -> Double {
    guard spread > 0 else { return exp(-Double(count) * exp(v)) }
    let step = min(0.125, 0.5 / spread)
    let halfWidth = Int((normalReach / step).rounded(.up))
    let weights = normalWeights(step: step, halfWidth: halfWidth)
    var sum = 0.0
    for k in weights.indices {
      sum += weights[k] * exp(-exp(v + spread * step * Double(k - halfWidth)))
    }
    return pow(sum, Double(count))
  }

  /// Trapezoid weights of the standard normal density at `step` times -halfWidth...halfWidth.
  private static func normalWeights(step: Double, halfWidth: Int) -> [Double] {
    (-halfWidth...halfWidth).map { k in
      let x = Double(k) * step
      return step * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    }
  }
}
