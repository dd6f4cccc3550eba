#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// The chance of the right answer against M wrong ones, averaged over the pulls of the answers, as
/// a function of what the model knows: x = μ + s·ζ.
///
/// On open answers the right one weighs e^x against the wrong ones' exp(s_w·w_j). On choices it has
/// a pull of its own and what the model does not know cannot count against it:
/// (1 + e^x)·exp(s_w·w₀) against exp(s_w·w_j). A model that knows nothing is drawn to each option
/// alike, so that random guessing is the floor of the mean, though not of single queries.
///
/// With 1/(1+x) = ∫ e^(-t) e^(-tx) dt the mean over the M wrong answers factors into M equal
/// one-dimensional means, for any M:
///
///   P(a) = ∫ exp(y - e^y) Φ(y - a)^M dy,   Φ(v) = E_w[ exp(-exp(v + s_w·w)) ].
///
/// The integrands are analytic in a strip and fall off fast, so that the trapezoid rule converges
/// exponentially. P is tabulated and read by cubics, to about 1e-7.
public struct AdvantageCurve: Sendable {
  /// Knowledge beyond which the chance is that at the end.
  static let knowledge = -60.0...80.0

  private let choices: Bool
  /// P at `firstPoint`, `firstPoint + step`, …, by the log weight that the right answer has over
  /// its own pull.
  private let table: [Double]
  private let firstPoint: Double

  private static let step = 0.125
  /// Standard deviations beyond which the normal density is below 1e-16.
  private static let normalReach = 8.6
  /// Where exp(y - e^y) is below 1e-17 on either side.
  private static let kernelReach = -40.0...4.0

  public init(wrongAnswerSpread: Double, wrongAnswers: Int, choices: Bool) {
    self.choices = choices
    let low = choices ? 0 : Self.knowledge.lowerBound
    let count = Int((Self.knowledge.upperBound - low) / Self.step) + 1
    let pull = choices ? wrongAnswerSpread : 0
    let margin = Int((Self.normalReach * pull / Self.step).rounded(.up))
    let plain = Self.againstWrong(
      from: low - Double(margin) * Self.step, count: count + 2 * margin,
      spread: wrongAnswerSpread, wrongAnswers: wrongAnswers)
    firstPoint = low
    guard pull > 0 else {
      table = plain
      return
    }
    let weights = Self.normalWeights(step: Self.step / pull, halfWidth: margin)
    table = (0..<count).map { index in
      var sum = 0.0
      for k in weights.indices { sum += weights[k] * plain[index + k] }
      return sum
    }
  }

  /// The chance at knowledge `x`.
  public func chance(_ x: Double) -> Double {
    let weight = choices ? Self.softplus(x) : x
    let position = (weight - firstPoint) / Self.step
    guard position > 0 else { return table[0] }
    guard position < Double(table.count - 1) else { return table[table.count - 1] }
    // The first and last cells use the cubic of their neighbours.
    let cell = min(max(Int(position), 1), table.count - 3)
    let t = position - Double(cell)
    let (a, b, c, d) = (table[cell - 1], table[cell], table[cell + 1], table[cell + 2])
    return b
      + t * (c - b - (1 - t) * ((1 + t) * (d - 3 * c + 3 * b - a) / 6 + (c - 2 * b + a) / 2))
  }

  /// The mean chance over queries: ζ standard normal, knowledge μ + s·ζ.
  public func mean(ability: Double, spread: Double) -> Double {
    guard spread > 0 else { return chance(ability) }
    let step = min(0.25, 0.25 / spread)
    let halfWidth = Int((Self.normalReach / step).rounded(.up))
    var sum = 0.0
    for k in -halfWidth...halfWidth {
      let zeta = Double(k) * step
      sum += exp(-zeta * zeta / 2) * chance(ability + spread * zeta)
    }
    return sum * step / (2 * Double.pi).squareRoot()
  }

  /// ln(1 + e^x).
  static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  /// P for a right answer without a pull, at `first` and `count - 1` steps above it.
  private static func againstWrong(
    from first: Double, count: Int, spread: Double, wrongAnswers: Int
  ) -> [Double] {
    let kernelCount = Int((kernelReach.upperBound - kernelReach.lowerBound) / step) + 1
    let kernel = (0..<kernelCount).map { index in
      let y = kernelReach.lowerBound + Double(index) * step
      return step * exp(y - exp(y))
    }
    // Φ^M falls with v = y - a: from 1 to 0 in a narrow range, outside which it is known.
    let lowest = kernelReach.lowerBound - first - Double(count - 1) * step
    let wrong = (0..<count + kernelCount - 1).map { index in
      allWrongAnswers(lowest + Double(index) * step, spread: spread, count: wrongAnswers)
    }
    return (0..<count).map { index in
      var sum = 0.0
      let start = count - 1 - index
      for k in 0..<kernelCount { sum += kernel[k] * wrong[start + k] }
      return sum
    }
  }

  /// Φ(v)^M.
  private static func allWrongAnswers(_ v: Double, spread: Double, count: Int) -> Double {
    let reach = normalReach * spread
    // Beyond these the double exponential is 1 or 0 to all digits.
    if v + reach < -37 - log(Double(count)) { return 1 }
    if v - reach > 4 { return 0 }
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
