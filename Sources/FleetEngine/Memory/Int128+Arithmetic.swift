extension Int128 {
  /// Quotient and remainder of a number that is not negative by a positive one.
  ///
  /// Most sums fit 64 bits, where division is ten times faster.
  @inline(__always) func divided(by divisor: Int) -> (quotient: Int128, remainder: Int128) {
    assert(self >= 0 && divisor > 0, "\(self) by \(divisor)")
    if self <= Int128(Int64.max) {
      let (quotient, remainder) = Int(self).quotientAndRemainder(dividingBy: divisor)
      return (Int128(quotient), Int128(remainder))
    }
    let (high, low) = (UInt64(truncatingIfNeeded: self >> 64), UInt64(truncatingIfNeeded: self))
    let divisor = UInt64(divisor)
    let upper = high / divisor
    // What is left of the upper half is less than the divisor, so the quotient fits 64 bits.
    let (lower, remainder) = divisor.dividingFullWidth((high - upper * divisor, low))
    return (Int128(upper) << 64 | Int128(lower), Int128(remainder))
  }
}

extension Int128 {
  /// self·numerator / denominator, rounded down, of a number that is not negative. Whatever its
  /// size nothing on the way is larger than 128 bits hold, for a part is no larger than the whole.
  func scaled(by numerator: Int, over denominator: Int) -> Int128 {
    assert(numerator >= 0 && numerator <= denominator, "\(numerator) of \(denominator)")
    let (quotient, remainder) = divided(by: denominator)
    return quotient.times(numerator) + remainder.times(numerator).divided(by: denominator).quotient
  }
}

extension Int128 {
  /// The product, which must fit: sums of a run are far from the end of 128 bits. Checked in debug
  /// builds only, since the check costs several times the product.
  @inline(__always) func times(_ factor: Int) -> Int128 {
    assert(!multipliedReportingOverflow(by: Int128(factor)).overflow, "\(self) × \(factor)")
    return self &* Int128(factor)
  }

  /// The product of two numbers of 64 bits, which always fits.
  @inline(__always) static func product(_ a: Int64, _ b: Int) -> Int128 {
    Int128(a) &* Int128(b)
  }
}
