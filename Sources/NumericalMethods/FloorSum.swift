/// The sum of ⌊(first + i·step) / divisor⌋ over i in 0..<count, exact.
///
/// Euclid's algorithm on (step, divisor): whole multiples of the divisor have closed sums, and
/// what is left counts lattice points under a line, which are counted again with the axes
/// exchanged. Takes at most as many rounds as the algorithm does for the greatest common divisor,
/// and one where the remainders add up to less than the divisor. `divisor` > 0, the others ≥ 0.
func floorSum(count: Int, first: Int64, step: Int64, divisor: Int64) -> UInt128 {
  precondition(count >= 0 && first >= 0 && step >= 0 && divisor > 0, "floor sum below zero")
  var count = UInt64(count)
  var first = UInt64(first)
  var step = UInt64(step)
  var divisor = UInt64(divisor)
  var sum: UInt128 = 0
  while count > 0 {
    let (wholeFirst, restOfFirst) = first.quotientAndRemainder(dividingBy: divisor)
    sum += UInt128(wholeFirst) * UInt128(count)
    if step >= divisor {
      let (wholeStep, restOfStep) = step.quotientAndRemainder(dividingBy: divisor)
      sum += UInt128(wholeStep) * (UInt128(count) * UInt128(count - 1) / 2)
      step = restOfStep
    }
    // The line's height at `count`: its lattice rows are the next columns.
    let (rows, rest) = quotient(count, times: step, plus: restOfFirst, by: divisor)
    (count, first, step, divisor) = (rows, rest, divisor, step)
  }
  return sum
}

/// (factor · other + term) / divisor with the remainder; the quotient fits 64 bits.
private func quotient(
  _ factor: UInt64, times other: UInt64, plus term: UInt64, by divisor: UInt64
) -> (quotient: UInt64, remainder: UInt64) {
  let product = UInt128(factor) * UInt128(other) + UInt128(term)
  // Sums of a run are small enough for the division that the processor has.
  if let small = UInt64(exactly: product) {
    return small.quotientAndRemainder(dividingBy: divisor)
  }
  let wide = product.quotientAndRemainder(dividingBy: UInt128(divisor))
  return (UInt64(wide.quotient), UInt64(wide.remainder))
}
