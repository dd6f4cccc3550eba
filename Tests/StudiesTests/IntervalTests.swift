import NumericalMethods
import Quantities
import Testing

@testable import Studies

private func close(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  abs(a - b) <= tolerance
}

@Suite struct IntervalTests {
  /// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
  /// Medicine 17, 1998, table I, method 3.
  @Test(arguments: [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
    (1, 29, 0.0061, 0.1718),
  ])
  func `Wilson's interval equals the published values`(
    successes: Int, trials: Int, low: Double, high: Double
  ) throws {
    let interval = try #require(Proportion(successes: successes, trials: trials)).interval()
    #expect(close(interval.lowerBound, low, 5e-5))
    #expect(close(interval.upperBound, high, 5e-5))
  }

  @Test func `nothing counted gives no proportion`() {
    #expect(Proportion(successes: 0, trials: 0) == nil)
  }

  @Test func `the jackknife of a mean is the textbook t interval`() throws {
    let values = [3.0, 5.0, 4.0, 8.0, 6.0]
    let estimate = try #require(
      Jackknife.estimate(batchCount: 5) { excluded in
        let kept = values.enumerated().filter { $0.offset != excluded }.map(\.element)
        return kept.reduce(0, +) / Double(kept.count)
      })
    // Mean 5.2, s² = 3.7, t(0.975; 4) = 2.776445105.
    #expect(close(estimate.value, 5.2, 1e-12))
    let half = 2.776445105 * (3.7 / 5).squareRoot()
    #expect(close(try #require(estimate.interval).upperBound, 5.2 + half, 1e-8))
    #expect(close(try #require(estimate.interval).lowerBound, 5.2 - half, 1e-8))
  }

  @Test func `the jackknife of a ratio agrees with the delta method`() throws {
    let random = RandomStream(seed: 3, purpose: "ratio")
    let x = (0..<400).map { 10 + random.uniform(id: $0) }
    let y = (0..<400).map { 5 + random.uniform(id: $0, index: 1) }
    func sum(_ values: [Double], without excluded: Int?) -> Double {
      values.reduce(0, +) - (excluded.map { values[$0] } ?? 0)
    }
    let estimate = try #require(
      Jackknife.estimate(batchCount: 400) {
        sum(x, without: $0) / sum(y, without: $0)
      })
    let ratio = sum(x, without: nil) / sum(y, without: nil)
    let meanY = sum(y, without: nil) / 400
    let residuals = zip(x, y).reduce(0) { $0 + ($1.0 - ratio * $1.1) * ($1.0 - ratio * $1.1) }
    let deviation = (residuals / 399 / 400).squareRoot() / meanY
    let half = StudentT.quantile(0.975, degreesOfFreedom: 399) * deviation
    let interval = try #require(estimate.interval)
    #expect(close((interval.upperBound - interval.lowerBound) / 2, half, 0.005 * half))
  }

  @Test func `one batch gives a value without an interval`() {
    #expect(Jackknife.estimate(batchCount: 1) { _ in 4 } == Estimate(value: 4, interval: nil))
  }
}
