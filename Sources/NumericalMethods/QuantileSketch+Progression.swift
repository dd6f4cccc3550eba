internal import Histogram

extension QuantileSketch {
  /// Records, `times` over each, the quotients of an arithmetic progression:
  /// (first + i·step + divisor / 2) / divisor in whole numbers, i in 0..<count.
  ///
  /// The same as recording each of them, in time proportional to the cells that they touch. All
  /// members of the progression are positive and, half a divisor added, within 64 bits.
  public mutating func recordProgression(
    first: Int64, step: Int64, count: Int, divisor: Int64, times: Int
  ) {
    guard count > 0, times > 0 else { return }
    let last = first + step * Int64(count - 1)
    precondition(min(first, last) > 0 && divisor > 0, "progression from \(first) to \(last)")
    // Upwards, whichever way it was given.
    let start = min(first, last) + divisor / 2
    let step = abs(step)
    let lowest = start / divisor
    let highest = (max(first, last) + divisor / 2) / divisor
    let lastCell = Self.cellStart(of: highest)
    var counted = 0
    var value = lowest
    while value < lastCell {
      let end = Self.cellStart(of: value) + Self.cellWidth(of: value)
      // The first member whose quotient lies beyond this cell.
      let next = Int((end * divisor - start + step - 1) / step)
      histogram.record(UInt64(value), count: UInt64((next - counted) * times))
      counted = next
      value = (start + step * Int64(next)) / divisor
    }
    histogram.record(UInt64(value), count: UInt64((count - counted) * times))
    let sum = floorSum(count: count, first: start, step: step, divisor: divisor)
    book(sum: sum * UInt128(times), count: count * times, from: lowest, to: highest)
  }

  /// Width of the histogram's cell that holds `value` ≥ 0.
  static func cellWidth(of value: Int64) -> Int64 {
    1 << max(0, Int64.bitWidth - value.leadingZeroBitCount - cellDigits)
  }

  /// The least value of the cell that holds `value` ≥ 0.
  static func cellStart(of value: Int64) -> Int64 { value & -cellWidth(of: value) }
}
