/// What n iterations of an unchanged batch take, when each takes `step` more than the one before:
/// an arithmetic series in whole ticks.
struct TickProgression {
  /// Largest total that `sum` is asked for, and longest iteration: some 19 minutes, and far enough
  /// from the end of 64 bits for any two to be added.
  static let longest = Int64.max / 8

  /// Ticks of the first iteration, positive.
  var first: Int64
  var step: Int64

  @inline(__always) func value(_ index: Int) -> Int64 { first + Int64(index) * step }

  @inline(__always) func sum(_ count: Int) -> Int64 {
    let n = Int64(count)
    return n * first + step * (n * (n - 1) / 2)
  }

  /// The largest number of iterations, of `most`, whose total is at most `ticks`.
  ///
  /// A root in floating point, then corrected in whole numbers.
  func count(within ticks: Int64, most: Int) -> Int {
    if ticks < first { return 0 }
    if most == 1 || ticks >= sum(most) { return most }
    let linear = Double(first) - 0.5 * Double(step)
    // Where steps go down and the total is near its greatest, rounding may leave less than nothing.
    let root = max(0, linear * linear + 2 * Double(step) * Double(ticks)).squareRoot()
    var count = min(most, max(1, Int(2 * Double(ticks) / (linear + root))))
    while sum(count) > ticks { count -= 1 }
    while count < most && sum(count + 1) <= ticks { count += 1 }
    return count
  }

  /// The largest number of iterations, of `most`, that stays within `longest`; at least 1.
  func bounded(_ most: Int) -> Int {
    let last = max(first, first &+ Int64(most) &* step)
    let (total, overflow) = last.multipliedReportingOverflow(by: Int64(most))
    if !overflow && total >= 0 && total <= Self.longest { return most }
    return most == 1 ? 1 : bounded(max(1, most / 2))
  }
}

/// The same of energy, in whole quanta.
struct QuantaProgression {
  var first: Int128 = 0
  var step: Int64 = 0

  func value(_ index: Int) -> Int128 { first + .product(step, index) }

  @inline(__always) func sum(_ count: Int) -> Int128 {
    if count == 1 { return first }
    let pairs = count * (count - 1) / 2
    return first.times(count) + .product(step, pairs)
  }
}
