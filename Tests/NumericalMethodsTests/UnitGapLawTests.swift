import NumericalMethods
import Testing

struct UnitGapLawTests {
  private static let count = 40_000

  /// Mean and variance of draws.
  private func moments(_ draw: (UInt64) -> Double) -> (mean: Double, variance: Double) {
    let values = (0..<UInt64(Self.count)).map(draw)
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squares / Double(values.count - 1))
  }

  /// A law and the second and third moment of its gaps, whose mean is 1.
  struct Case: Sendable {
    var law: UnitGapLaw
    var second: Double
    var third: Double
    var fourth: Double
  }

  /// Gamma: products (1 + 1/a)(1 + 2/a)…; Weibull: Γ(1 + n/k) / Γ(1 + 1/k)ⁿ.
  static let cases: [Case] = [
    Case(law: .exponential, second: 2, third: 6, fourth: 24),
    Case(law: .gamma(shape: 4), second: 1.25, third: 1.875, fourth: 3.28125),
    Case(law: .gamma(shape: 1), second: 2, third: 6, fourth: 24),
    Case(law: .gamma(shape: 0.25), second: 5, third: 45, fourth: 585),
    Case(law: .weibull(shape: 1), second: 2, third: 6, fourth: 24),
    Case(law: .weibull(shape: 0.5), second: 6, third: 90, fourth: 2520),
    // Γ(2) / Γ(3/2)², Γ(5/2) / Γ(3/2)³, Γ(3) / Γ(3/2)⁴
    Case(
      law: .weibull(shape: 2), second: 1.2732395447351628, third: 1.9098593171027440,
      fourth: 3.242277876554809),
  ]

  @Test(arguments: cases)
  func `gaps have mean 1 and the variance of their law`(it: Case) {
    let stream = RandomStream(seed: 3, purpose: "gap")
    let (mean, variance) = moments { it.law.gap(stream, id: $0) }
    let exact = it.second - 1
    #expect(abs(mean - 1) < 4 * (exact / Double(Self.count)).squareRoot())
    let central = it.fourth - 4 * it.third + 6 * it.second - 3
    let deviation = ((central - exact * exact) / Double(Self.count)).squareRoot()
    #expect(abs(variance - exact) < 5 * deviation, "\(it.law): \(variance), \(exact)")
  }

  /// The rest of a gap from a moment anywhere has mean E[x²] / 2 and second moment E[x³] / 3.
  @Test(arguments: cases)
  func `the rest of a gap has the moments of the equilibrium law`(it: Case) {
    let stream = RandomStream(seed: 4, purpose: "rest")
    let mean = moments { it.law.rest(stream, id: $0) }.mean
    let variance = it.third / 3 - it.second * it.second / 4
    #expect(abs(mean - it.second / 2) < 4 * (variance / Double(Self.count)).squareRoot())
  }

  @Test func `a draw is a function of seed and id, and tiny shapes are drawn too`() {
    let stream = RandomStream(seed: 5, purpose: "gap")
    let law = UnitGapLaw.gamma(shape: 0.01)
    let gaps = (0..<1000).map { law.gap(stream, id: $0) }
    #expect(gaps == (0..<1000).map { law.gap(stream, id: $0) })
    #expect(gaps.allSatisfy { $0 >= 0 && $0.isFinite } && Set(gaps).count > 500)
  }
}
