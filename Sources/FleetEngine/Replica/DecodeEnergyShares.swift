internal import Quantities

/// Splits decode energy among the rows without touching each row.
///
/// Of the iterations since the set of rows last changed each row bears an equal part of what all
/// rows share (weights, overhead), and of what attention drew a part in proportion to the tokens
/// that it attended to. A row attends to `base + d` tokens in decode iteration d; with r quanta
/// per row and q per attended token in a booking of the iterations d = D₀+1 … D it bears
///
///     r + q·Σ (base + d) = r + base·q·(D - D₀) + q·Σ d
///
/// and three running sums give it what it bore from when it joined. What the divisions leave over
/// is carried to the next booking, and the row that leaves last takes the rest: nothing is lost.
struct DecodeEnergyShares {
  /// The running sums; a row keeps those of the moment it joined.
  struct Mark {
    var perRow: Int128 = 0
    var perToken: Int128 = 0
    var perTokenIteration: Int128 = 0
  }

  private(set) var mark = Mark()
  /// Not yet borne by any row: what was carried, and what was drawn since the last booking.
  private var sharedQuanta: Int128 = 0
  private var ownQuanta: Int128 = 0
  /// Decode iterations since the last booking.
  private(set) var pendingIterations = 0

  /// Adds what `iterations` iterations of the present rows have drawn.
  mutating func add(sharedQuanta shared: Int128, ownQuanta own: Int128, iterations: Int) {
    sharedQuanta += shared
    ownQuanta += own
    pendingIterations += iterations
  }

  /// Books what is pending to `rows` rows, the sum of whose bases is `baseSum`, up to decode
  /// iteration `last`. Nothing to do where nothing was drawn since.
  mutating func book(rows: Int, baseSum: Int, last: Int) {
    guard pendingIterations > 0 else { return }
    let iterationSum = pendingIterations * (2 * last - pendingIterations + 1) / 2
    let tokens = pendingIterations * baseSum + rows * iterationSum
    let row = sharedQuanta.divided(by: rows)
    let token = ownQuanta.divided(by: tokens)
    mark.perRow += row.quotient
    mark.perToken += token.quotient.times(pendingIterations)
    mark.perTokenIteration += token.quotient.times(iterationSum)
    sharedQuanta = row.remainder
    ownQuanta = token.remainder
    pendingIterations = 0
  }

  /// What a row with this base has borne since `joined`.
  func borne(since joined: Mark, base: Int) -> Int128 {
    mark.perRow - joined.perRow + (mark.perToken - joined.perToken).times(base)
      + mark.perTokenIteration - joined.perTokenIteration
  }

  /// Not yet borne by any row.
  var unborneQuanta: Int128 { sharedQuanta + ownQuanta }

  /// Takes what is left over, for the last row that leaves.
  mutating func takeRest() -> Int128 {
    assert(pendingIterations == 0, "energy of \(pendingIterations) iterations is not booked")
    defer { (sharedQuanta, ownQuanta) = (0, 0) }
    return unborneQuanta
  }
}
