import Testing

@testable import NumericalMethods

struct TabulatedQuantileTests {
  /// From one end of (0, 1) to the other, dense at both.
  private static let probabilities: [Double] = {
    let stream = RandomStream(seed: 8, purpose: "table")
    var result: [Double] = [0.5, (0.5).nextUp, (0.5).nextDown, 0.25, 0.75, 0x1p-53, 1 - 0x1p-53]
    for id in 0..<4000 as Range<UInt64> {
      let uniform = stream.uniform(id: id)
      let tail = Double(sign: .plus, exponent: -Int(id % 40), significand: uniform)
      result += [tail, 1 - tail].filter { $0 > 0 && $0 < 1 }
    }
    return result
  }()

  @Test func `normal quantiles are right to a part in a thousand million`() {
    for p in Self.probabilities {
      let error = TabulatedQuantile.standardNormal.quantile(p) - StandardNormal.quantile(p)
      #expect(abs(error) < 1e-9, "\(p)")
    }
  }

  @Test(arguments: [0.1, 1, 2.5, 6])
  func `log-normal quantiles are right in relation to their size`(logSD: Double) {
    let law = LogNormalDistribution(logMean: 3, logSD: logSD)
    let table = TabulatedQuantile(law)
    let bound = 1e-9 * max(1, logSD * logSD * logSD * logSD)
    for p in Self.probabilities {
      #expect(abs(table.quantile(p) / law.quantile(p) - 1) < bound, "\(p)")
    }
    #expect(table.mean == law.mean)
  }

  @Test func `exponential quantiles are right in relation to their size`() {
    let law = ExponentialDistribution(mean: 7)
    let table = TabulatedQuantile(law)
    for p in Self.probabilities {
      #expect(abs(table.quantile(p) / law.quantile(p) - 1) < 1e-9, "\(p)")
    }
  }

  @Test func `quantiles rise across the bounds of cells`() {
    let table = TabulatedQuantile.standardNormal
    for exponent in 1...30 {
      for cell in 0..<64 {
        let bound = Double(
          sign: .plus, exponent: -exponent - 1, significand: 1 + Double(cell) / 64)
        for p in [bound, 1 - bound] where p < 1 {
          let step = p * 1e-12
          #expect(table.quantile(p - step) < table.quantile(p), "\(p)")
          #expect(table.quantile(p) < table.quantile(p + step) || p + step == p, "\(p)")
        }
      }
    }
  }
}
