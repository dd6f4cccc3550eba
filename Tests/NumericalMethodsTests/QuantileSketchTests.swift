import Testing

@testable import NumericalMethods

struct QuantileSketchTests {
  /// The ⌈thousandths·n/1000⌉-th smallest, in integers.
  private func nearestRank(_ sorted: [Int64], thousandths: Int) -> Int64 {
    sorted[max(1, (thousandths * sorted.count + 999) / 1000) - 1]
  }

  @Test(arguments: [1, 2, 3, 7, 10, 99, 100, 101, 1000, 4999])
  func `small values give the nearest rank exactly`(count: Int) {
    var sketch = QuantileSketch()
    let values = (0..<count).map { Int64($0 % 2000) }
    for value in values { sketch.record(value) }
    let sorted = values.sorted()
    for thousandths in 0...1000 {
      let found = sketch.quantile(Double(thousandths) / 1000)
      #expect(found == Double(nearestRank(sorted, thousandths: thousandths)))
    }
  }

  @Test func `a range of fifteen decades keeps three digits`() {
    let stream = RandomStream(seed: 5, purpose: "sketch")
    let spread = LogNormalDistribution(logMean: 17, logSD: 5)
    var sketch = QuantileSketch()
    var values: [Int64] = [1, 1_000_000_000_000_000]
    for id in 0..<20_000 as Range<UInt64> {
      values.append(Int64(min(1e15, spread.quantile(stream.uniform(id: id)))))
    }
    for value in values { sketch.record(value) }
    let sorted = values.sorted()
    for thousandths in 0...1000 {
      let exact = Double(nearestRank(sorted, thousandths: thousandths))
      let found = sketch.quantile(Double(thousandths) / 1000) ?? .nan
      #expect(abs(found - exact) <= exact / 2000)
    }
    let sum = values.reduce(0) { $0 + Int128($1) }
    #expect(sketch.mean == Double(sum) / Double(values.count))
    #expect(sketch.minimum == sorted.first && sketch.maximum == sorted.last)
    #expect(sketch.quantile(0) == Double(sorted[0]) && sketch.quantile(1) == 1e15)
  }

  @Test func `recording a value many times is recording it again and again`() {
    var once = QuantileSketch()
    var many = QuantileSketch()
    for value in [3, 70_000, 12_345_678] as [Int64] {
      once.record(value, times: 5)
      for _ in 0..<5 { many.record(value) }
    }
    for fraction in [0, 0.3, 0.34, 0.5, 0.7, 1] {
      #expect(once.quantile(fraction) == many.quantile(fraction))
    }
    #expect(once.count == 15 && once.mean == many.mean)
  }

  @Test func `an empty sketch has no quantiles, and negative values count as zero`() {
    var sketch = QuantileSketch()
    #expect(sketch.quantile(0.5) == nil && sketch.mean == nil && sketch.count == 0)
    sketch.record(7, times: 0)
    #expect(sketch.count == 0)
    sketch.record(-4)
    #expect(sketch.quantile(0.5) == 0 && sketch.mean == 0)
  }
}
