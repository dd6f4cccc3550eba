extension QuantileSketch {
  /// Records, `times` over each, an arithmetic progression in parts: first + i·step for i in
  /// 0..<count, each rounded to the nearest whole (halves up) for the histogram and added as it
  /// is to the sum.
  ///
  /// The same as recording each of them, in time proportional to the cells that they touch. All
  /// members of the progression are positive and, half a whole added, within 64 bits.
  public mutating func recordProgression(first: Int64, step: Int64, count: Int, times: Int) {
    guard count > 0, times > 0 else { return }
    let last = first + step * Int64(count - 1)
    precondition(min(first, last) > 0, "progression from \(first) to \(last)")
    guard count > 1, step != 0 else { return recordEqual(first, times: count * times) }
    // Upwards, whichever way it was given.
    let start = min(first, last) + partsPerWhole / 2
    let step = abs(step)
    let lowest = start / partsPerWhole
    let highest = (max(first, last) + partsPerWhole / 2) / partsPerWhole
    let lastCell = Self.cellStart(of: highest)
    var counted = 0
    var value = lowest
    while value < lastCell {
      let end = Self.cellStart(of: value) + Self.cellWidth(of: value)
      // The first member that is rounded beyond this cell.
      let next = Int((end * partsPerWhole - start + step - 1) / step)
      add((next - counted) * times, toCellOf: value)
      counted = next
      value = (start + step * Int64(next)) / partsPerWhole
    }
    add((count - counted) * times, toCellOf: value)
    // Twice the mean of an arithmetic series is the sum of its ends.
    let sum = Self.product(first + last, count) >> 1
    book(sum: sum * UInt128(times), count: count * times, from: lowest, to: highest)
  }

  /// Records `parts` > 0, rounded to the nearest whole for the histogram.
  @inline(__always) private mutating func recordEqual(_ parts: Int64, times: Int) {
    let value = (parts + partsPerWhole / 2) / partsPerWhole
    add(times, toCellOf: value)
    book(sum: Self.product(parts, times), count: times, from: value, to: value)
  }

  /// Records a value given in parts, rounded to the nearest whole (halves up) for the histogram and
  /// added as it is to the sum. It is positive, and as a whole within 64 bits.
  public mutating func record(parts: Int128) {
    precondition(parts > 0, "\(parts) parts")
    let parts = UInt128(parts)
    let whole = Int64((parts + UInt128(partsPerWhole / 2)) / UInt128(partsPerWhole))
    add(1, toCellOf: whole)
    book(sum: parts, count: 1, from: whole, to: whole)
  }

  /// Width of the histogram's cell that holds `value` ≥ 0.
  static func cellWidth(of value: Int64) -> Int64 {
    1 << max(0, Int64.bitWidth - value.leadingZeroBitCount - cellDigits)
  }

  /// The least value of the cell that holds `value` ≥ 0.
  static func cellStart(of value: Int64) -> Int64 { value & -cellWidth(of: value) }
}
