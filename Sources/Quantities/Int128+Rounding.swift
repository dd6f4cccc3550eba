/// Conversions of the quantities' integers that the processor has instructions for: the library's
/// own work bit by bit or by a 128-bit division, and one is needed for every iteration.
extension Int128 {
  /// The nearest whole number to `value`, which is finite; halves to even.
  @inlinable init(nearest value: Double) {
    let magnitude = value.magnitude
    precondition(magnitude < 0x1p126, "\(value) is out of range")
    let whole: Int128
    if magnitude < 0x1p52 {
      // Beside 2⁵² there is no room for a fraction, and it is rounded off as required.
      whole = Int128(Int64(magnitude + 0x1p52 - 0x1p52))
    } else {
      let fractionBits = UInt64(0x000F_FFFF_FFFF_FFFF)
      let significand = magnitude.bitPattern & fractionBits | 0x0010_0000_0000_0000
      let exponent = Int128(magnitude.bitPattern >> 52) - 1075
      whole = Int128(significand) &<< exponent
    }
    self = value < 0 ? -whole : whole
  }

  /// The nearest whole number to self / (divisor · 2^shift), halves away from zero; it fits 64
  /// bits. `divisor` > 0, `shift` > 0.
  @inlinable @inline(__always)
  func rounded(dividingBy divisor: Int64, timesPowerOfTwo shift: Int128) -> Int64 {
    let isNegative = self < 0
    let half = Int128(divisor) &<< (shift - 1)
    let shifted = ((isNegative ? -self : self) + half) &>> shift
    let small = Int64(truncatingIfNeeded: shifted)
    guard Int128(small) == shifted else {
      return Int64((isNegative ? -shifted : shifted) / Int128(divisor))
    }
    return isNegative ? -(small / divisor) : small / divisor
  }
}
