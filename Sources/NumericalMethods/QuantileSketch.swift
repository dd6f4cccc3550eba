internal import Histogram

/// A histogram of non-negative whole numbers with three significant digits.
///
/// Constant memory however many values are recorded; quantiles are exact to one part in a
/// thousand, mean, minimum and maximum to the last digit. (HdrHistogram, G. Tene.)
public struct QuantileSketch: Sendable {
  /// Binary digits of a value that its cell keeps: 2,048 cells hold three decimal digits.
  static let cellDigits = 11

  /// Values by cell, in the histogram's own order of cells. Counted here, because recording in the
  /// histogram copies it on the way; it is made of these when it is asked something.
  private var cells: [UInt64]
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
    cells = Array(repeating: 0, count: Self.cell(of: 1 << 20))
  }

  /// Records `value` `times` over; a negative value counts as 0.
  public mutating func record(_ value: Int64, times: Int = 1) {
    guard times > 0 else { return }
    let value = max(0, value)
    add(times, toCellOf: value)
    var sum = Self.product(value, times)
    if partsPerWhole != 1 { sum *= UInt128(partsPerWhole) }
    book(sum: sum, count: times, from: value, to: value)
  }

  /// Counts values in the cell that holds `value` ≥ 0.
  @inline(__always)
  mutating func add(_ times: Int, toCellOf value: Int64) {
    let cell = Self.cell(of: value)
    if cell >= cells.count { grow(to: cell) }
    cells[cell] += UInt64(times)
  }

  @inline(never)
  private mutating func grow(to cell: Int) {
    cells += Array(repeating: 0, count: cell + 1 - cells.count)
  }

  /// Number of the cell that holds `value` ≥ 0: 2,048 for single values, then 1,024 for each
  /// doubling.
  @inline(__always)
  static func cell(of value: Int64) -> Int {
    let shift = max(0, Int64.bitWidth - value.leadingZeroBitCount - cellDigits)
    return shift << (cellDigits - 1) + Int(value >> shift)
  }

  /// The same cells as the library has them.
  var histogram: Histogram<UInt64> {
    var histogram = Histogram<UInt64>(
      lowestDiscernibleValue: 1, highestTrackableValue: UInt64(max(2, maximum)),
      numberOfSignificantValueDigits: .three)
    let half = 1 << (Self.cellDigits - 1)
    for (cell, count) in cells.enumerated() where count > 0 {
      let shift = max(0, cell / half - 1)
      histogram.record(UInt64(cell - shift * half) << UInt64(shift), count: count)
    }
    return histogram
  }

  /// The product of two numbers that are not negative.
  @inline(__always) static func product(_ a: Int64, _ b: Int) -> UInt128 {
    // Of two halves of 128 bits the product is one instruction.
    UInt128(UInt64(bitPattern: a)) &* UInt128(UInt(bitPattern: b))
  }

  /// Adds to the exact figures what the histogram has been told of values between two bounds.
  @inline(__always)
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
  public func quantile(_ fraction: Double) -> Double? { quantiles([fraction])?[0] }

  /// The same of many fractions, in less time than one by one.
  public func quantiles(_ fractions: [Double]) -> [Double]? {
    guard count > 0 else { return nil }
    let histogram = self.histogram
    return fractions.map { fraction in
      precondition(fraction >= 0 && fraction <= 1, "quantile \(fraction)")
      guard fraction > 0 else { return Double(minimum) }
      guard fraction < 1 else { return Double(maximum) }
      let inCell = histogram.valueAtPercentile(fraction * 100)
      let middle = Int64(histogram.medianEquivalentForValue(inCell))
      return Double(min(max(middle, minimum), maximum))
    }
  }
}
