import Histogram
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

/// Progressions against one record for each of their members.
struct ProgressionSketchTests {
  private struct Progression: CustomStringConvertible {
    var first: Int64
    var step: Int64
    var count: Int
    var divisor: Int64
    var times: Int

    var description: String { "\(first) + i·\(step), i < \(count), by \(divisor), ×\(times)" }

    func record(in sketch: inout QuantileSketch) {
      sketch.recordProgression(first: first, step: step, count: count, times: times)
    }

    /// Sum of all members as they are.
    var sum: UInt128 {
      (0..<Int64(count)).reduce(0) { $0 + UInt128(first + $1 * step) * UInt128(times) }
    }

    func recordOneByOne(in sketch: inout QuantileSketch) {
      for i in 0..<Int64(count) {
        sketch.record((first + i * step + divisor / 2) / divisor, times: times)
      }
    }
  }

  private func expectEqual(_ a: QuantileSketch, _ b: QuantileSketch, _ comment: Comment) {
    #expect(a.count == b.count, comment)
    #expect(a.minimum == b.minimum && a.maximum == b.maximum, comment)
    for fraction in [0, 0.01, 0.5, 0.9, 1] {
      #expect(a.quantile(fraction) == b.quantile(fraction), comment)
    }
    #expect(a.occupiedCells == b.occupiedCells, comment)
  }

  @Test func `one value in parts is a progression of one, however large`() {
    for parts in [Int64(1), 5, 499, 500, 1_499, 1_500, 123_456_789, 1 << 60] {
      var (one, progression) = (
        QuantileSketch(partsPerWhole: 1_000), QuantileSketch(partsPerWhole: 1_000)
      )
      one.record(parts: Int128(parts))
      progression.recordProgression(first: parts, step: 0, count: 1, times: 1)
      expectEqual(one, progression, "\(parts)")
      #expect(one.total == progression.total)
    }
    var large = QuantileSketch(partsPerWhole: 1_024_000)
    large.record(parts: Int128(Int64.max) * 1_000)
    #expect(large.total == UInt128(Int64.max) * 1_000)
    #expect(large.maximum == 9_007_199_254_740_992)
  }

  private func check(_ progression: Progression) {
    var atOnce = QuantileSketch(partsPerWhole: progression.divisor)
    var oneByOne = QuantileSketch()
    progression.record(in: &atOnce)
    progression.recordOneByOne(in: &oneByOne)
    expectEqual(atOnce, oneByOne, "\(progression)")
    #expect(atOnce.total == progression.sum, "\(progression)")
  }

  @Test func `a progression of durations is recorded as its members would be`() {
    // Ticks of 2⁻¹⁰ ps around 20 ms, growing by some nanoseconds an iteration.
    for step in [0, 1, 999, 44_321, 1_024_000, 700_123_456, -1, -44_321, -3_000_000] as [Int64] {
      for count in [1, 2, 3, 40, 1000] {
        check(
          Progression(
            first: 20_480_000_511_999, step: step, count: count, divisor: 1_024_000, times: 7))
      }
    }
  }

  @Test func `small values, cell bounds and halves are met exactly`() {
    for first in 1...12 as ClosedRange<Int64> {
      for step in 0...7 as ClosedRange<Int64> {
        for divisor in 1...6 as ClosedRange<Int64> {
          check(Progression(first: first, step: step, count: 9, divisor: divisor, times: 1))
          let last = first + 8 * step
          check(Progression(first: last, step: -step, count: 9, divisor: divisor, times: 2))
        }
      }
    }
    for value in [2047, 2048, 4095, 4096, 1 << 20, (1 << 20) - 1] as [Int64] {
      check(Progression(first: value * 10 - 6, step: 1, count: 12, divisor: 10, times: 3))
    }
  }

  @Test func `random progressions are recorded as their members would be`() {
    let stream = RandomStream(seed: 2, purpose: "progressions")
    for id in 0..<60 as Range<UInt64> {
      func draw(_ index: UInt64, below bound: UInt64) -> Int64 {
        Int64(stream.bits(id: id, index: index) % bound)
      }
      let count = Int(draw(0, below: 300)) + 1
      let step = draw(1, below: 1 << UInt64(1 + draw(2, below: 40)))
      let isFalling = draw(3, below: 2) == 1
      let lowest = 1 + draw(4, below: 1 << UInt64(1 + draw(5, below: 50)))
      check(
        Progression(
          first: isFalling ? lowest + step * Int64(count - 1) : lowest,
          step: isFalling ? -step : step, count: count,
          divisor: 1 + draw(6, below: 1 << UInt64(1 + draw(7, below: 22))),
          times: Int(1 + draw(8, below: 500))))
    }
  }

  @Test func `an empty progression is nothing`() {
    var sketch = QuantileSketch()
    sketch.recordProgression(first: 5, step: 1, count: 0, times: 3)
    sketch.recordProgression(first: 5, step: 1, count: 3, times: 0)
    #expect(sketch.count == 0 && sketch.quantile(0.5) == nil)
  }

  @Test func `cells are the histogram's own`() {
    for value in [0, 1, 2047, 2048, 2049, 4097, 123_456, 98_765_432_101] as [Int64] {
      var sketch = QuantileSketch()
      let start = QuantileSketch.cellStart(of: value)
      sketch.record(value)
      let cell = sketch.occupiedCells[0]
      #expect(cell.lowest == start)
      #expect(cell.highest == start + QuantileSketch.cellWidth(of: value) - 1)
    }
  }
}

extension QuantileSketch {
  struct Cell: Hashable {
    var lowest: Int64
    var highest: Int64
    var count: UInt64
  }

  /// The histogram's cells that hold anything, in order.
  var occupiedCells: [Cell] {
    histogram.recordedValues().map { value in
      Cell(
        lowest: Int64(histogram.lowestEquivalentForValue(value.value)),
        highest: Int64(histogram.highestEquivalentForValue(value.value)), count: value.count)
    }
  }
}
