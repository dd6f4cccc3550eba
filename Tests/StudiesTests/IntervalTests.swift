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

  @Test func `the jackknife of a mean is the textbook variance`() throws {
    let values = [3.0, 5.0, 4.0, 8.0, 6.0]
    let total = values.reduce(0, +)
    // Mean 5.2, s² = 3.7.
    let variance = try #require(Jackknife.variance(values.map { (total - $0) / 4 }))
    #expect(close(variance, 3.7 / 5, 1e-12))
    #expect(Jackknife.variance([4]) == nil)
    #expect(Jackknife.variance([0.1, 0.1, 0.1]) == 0)
  }

  /// Mean 4; pulls -3, -2, -1, 0, 6: squares add up to 50, cubes to 180, fourth powers to 1394.
  @Test func `the jackknife gives the skewness of a mean, and fewer degrees to a heavy tail`()
    throws
  {
    let values = [1.0, 2.0, 3.0, 4.0, 10.0]
    let moments = try #require(JackknifeMoments(values.map { (20 - $0) / 4 }))
    #expect(close(moments.variance, 50.0 / 20, 1e-12))
    #expect(close(moments.third, 180.0 / 60, 1e-12))
    // Excess kurtosis 5 · 1394 / 50² - 3 = -0.212, of the population 4 / 6 · (6 · -0.212 + 6).
    #expect(close(moments.degreesOfFreedom, 2 / (2.0 / 4 + 3.152 / 5), 1e-9))
    // Two values alone have less than no tail.
    let flat = try #require(JackknifeMoments([1, 2, 2, 1, 1, 2, 2, 1]))
    #expect(flat.degreesOfFreedom == 7 && abs(flat.third) < 1e-12)
  }

  @Test func `the interval of a skewed estimate reaches further where the tail is`() throws {
    func check(_ skewness: Double, degrees: Double = 1e9, below: Double, above: Double) {
      let error = SourceError(standardError: 2, degreesOfFreedom: degrees, skewness: skewness)
      let interval = error.interval(around: 10)
      #expect(close(interval.lowerBound, 10 - 2 * below, 1e-5))
      #expect(close(interval.upperBound, 10 + 2 * above, 1e-5))
      // The interval ends where the truth would be called off by one chance in twenty.
      for end in [interval.lowerBound, interval.upperBound] {
        #expect(close(error.pValue(of: 10 - end), 0.05, 1e-9))
      }
    }
    // (∛(1 + 6b(1.959964 - b)) - 1) / 2b with b a sixth of the skewness, and the same of -1.959964.
    check(0.12, below: 1.806310, above: 2.161454)
    check(-0.12, below: 2.161454, above: 1.806310)
    check(0.3, below: 1.629880, above: 2.650337)
    // However skewed, and however few the degrees, b times Student's quantile stays 0.11: at three
    // degrees, where that is 3.182446, b is 0.034565.
    check(3, below: 1.599487, above: 2.808327)
    check(3, degrees: 3, below: 2.637689, above: 4.440767)
  }

  /// Of 1 to 20 the median is 10. Below it, its own half, lie 9.5 values: all but none of the first
  /// batch's, 95 % of those that are left without the second. The share's standard error is 0.475,
  /// so that the slope is that between 1 at 2.5 % and 20 at 97.5 %: 20.
  @Test func `without a batch a quantile moves by what its share moves`() throws {
    let sketches = [1...10, 11...20].map { range in
      var sketch = SparseQuantileSketch()
      for value in range { sketch.record(Int64(value)) }
      return sketch
    }
    let found = try #require(LinearizedQuantile(PooledQuantiles(sketches), 0.5))
    #expect(found.value == 10)
    #expect(close(found.withoutBatch[0], 19.5, 1e-9) && close(found.withoutBatch[1], 0.5, 1e-9))
    #expect(LinearizedQuantile(PooledQuantiles([SparseQuantileSketch()]), 0.5) == nil)
    // Without the only batch that has values nothing is left to tell an error by.
    let alone = PooledQuantiles([sketches[0], SparseQuantileSketch()])
    #expect(try #require(LinearizedQuantile(alone, 0.5)).withoutBatch.isEmpty)
  }

  @Test func `the interval of one source is Student's`() throws {
    let error = SourceError(standardError: (3.7 / 5).squareRoot(), degreesOfFreedom: 4)
    // t(0.975; 4) = 2.776445105.
    let half = 2.776445105 * (3.7 / 5).squareRoot()
    #expect(close(error.interval(around: 5.2).upperBound, 5.2 + half, 1e-8))
    #expect(close(error.interval(around: 5.2).lowerBound, 5.2 - half, 1e-8))
    #expect(close(error.pValue(of: half), 0.05, 1e-9))
    let none = SourceError(standardError: 0, degreesOfFreedom: 4)
    #expect(none.pValue(of: 0) == 1 && none.pValue(of: 1e-9) == 0)
  }

  @Test func `the jackknife of a ratio agrees with the delta method`() throws {
    let random = RandomStream(seed: 3, purpose: "ratio")
    let x = (0..<400).map { 10 + random.uniform(id: $0) }
    let y = (0..<400).map { 5 + random.uniform(id: $0, index: 1) }
    let (sumX, sumY) = (x.reduce(0, +), y.reduce(0, +))
    let variance = try #require(
      Jackknife.variance(zip(x, y).map { (sumX - $0.0) / (sumY - $0.1) }))
    let ratio = sumX / sumY
    let residuals = zip(x, y).reduce(0) { $0 + ($1.0 - ratio * $1.1) * ($1.0 - ratio * $1.1) }
    let deviation = (residuals / 399 / 400).squareRoot() / (sumY / 400)
    #expect(close(variance.squareRoot(), deviation, 0.005 * deviation))
  }

  @Test func `the estimate with the widest source holds the others`() throws {
    let estimate = SourcedEstimate(
      value: 10,
      errors: [
        .replications: SourceError(standardError: 2, degreesOfFreedom: 1e6),
        .questions: SourceError(standardError: 1, degreesOfFreedom: 1e6),
        .calibration: SourceError(standardError: 6, degreesOfFreedom: 1e6),
      ])
    let widest = try #require(estimate.interval)
    #expect(close(widest.upperBound, 10 + 1.959964 * 6, 1e-3))
    #expect(estimate.undecided == [.calibration])
    #expect(close(try #require(estimate.pValue), 2 * (1 - 0.952210), 1e-5))
    #expect(SourcedEstimate(value: 1).interval == nil)
  }

  /// 0.001·5, 0.02·4, 0.03·3, then 0.04·2 < 0.09.
  @Test func `Holm's correction multiplies by the tests that are left, and never falls`() {
    let adjusted = HolmCorrection.adjusted([0.04, nil, 0.001, 0.03, 0.02, 0.9])
    #expect(adjusted[2] == 0.005 && adjusted[1] == nil && adjusted[5] == 0.9)
    #expect(close(adjusted[4] ?? 0, 0.08, 1e-12) && close(adjusted[3] ?? 0, 0.09, 1e-12))
    #expect(close(adjusted[0] ?? 0, 0.09, 1e-12))
  }
}
