internal import Histogram

/// A histogram of non-negative whole numbers with three significant digits.
///
/// Constant memory however many values are recorded; quantiles are exact to one part in a
/// thousand, mean, minimum and maximum to the last digit. (HdrHistogram, G. Tene.)
public struct QuantileSketch: Sendable {
  /// Binary digits of a value that its cell keeps: 2,048 cells hold three decimal digits.
  static let cellDigits = 11

  var histogram: Histogram<UInt64>
  /// Parts that make a whole of what `recordProgression` is given.
  public let partsPerWhole: Int64
  /// Sum of the recorded values in parts, exact.
  public private(set) var total: UInt128 = 0
  public private(set) var count = 0
  public private(set) var minimum = Int64.max
  public private(set) var maximum: Int64 = 0

  /// A histogram of whole numbers, which may be given in parts that are rounded to wholes only for
  /// the histogram.
  public init(partsPerWhole: Int64 = 1) {
    precondition(partsPerWhole > 0, "\(partsPerWhole) parts in a whole")
    self.partsPerWhole = partsPerWhole
    histogram = Histogram<UInt64>(
      lowestDiscernibleValue: 1, highestTrackableValue: 1 << 20,
      numberOfSignificantValueDigits: .three)
    histogram.autoResize = true
  }

  /// Records `value` `times` over; a negative value counts as 0.
  public mutating func record(_ value: Int64, times: Int = 1) {
    guard times > 0 else { return }
    let value = max(0, value)
    _ = histogram.record(UInt64(value), count: UInt64(times))
    let sum = UInt128(value) * UInt128(times) * UInt128(partsPerWhole)
    book(sum: sum, count: times, from: value, to: value)
  }

  /// Adds to the exact figures what the histogram has been told of values between two bounds.
  mutating func book(sum: UInt128, count added: Int, from lowest: Int64, to highest: Int64) {
    total += sum
    count += added
    minimum = min(minimum, lowest)
    maximum = max(maximum, highest)
  }

  /// Mean of the recorded values, exact; nil if there are none.
  public var mean: Double? {
    count == 0 ? nil : Double(total) / Double(partsPerWhole) / Double(count)
  }

  /// The value of nearest rank: the ⌈fraction·count⌉-th smallest (the smallest for 0), to one
  /// part in 2,000; nil if nothing is recorded.
  ///
  /// Values below 2,048 are exact; larger ones share a cell of the histogram with their neighbors
  /// and are reported by its middle.
  public func quantile(_ fraction: Double) -> Double? {
    precondition(fraction >= 0 && fraction <= 1, "quantile \(fraction)")
    guard count > 0 else { return nil }
    guard fraction > 0 else { return Double(minimum) }
    guard fraction < 1 else { return Double(maximum) }
    let inCell = histogram.valueAtPercentile(fraction * 100)
    let middle = Int64(histogram.medianEquivalentForValue(inCell))
    return Double(min(max(middle, minimum), maximum))
  }
}
