internal import Quantities

/// Splits the decode energy of every iteration among the rows without touching each row.
///
/// Of one iteration's decode energy each row bears an equal part of what all rows share (weights,
/// overhead) and a part in proportion to the tokens it attends to of what attention costs. A row
/// that joined after decode iteration J and attends to `base + d` tokens in iteration d has by
/// iteration D borne
///
///     Σ r_d + base·Σ q_d + Σ q_d·d,   d = J+1 … D
///
/// with r_d and q_d the whole quanta per row and per attended token; three running sums give it
/// for any row. What the divisions leave over is carried into the next iteration, and the last
/// row to leave takes the rest, so that nothing is ever lost.
struct DecodeEnergyShares {
  /// The running sums; a row keeps those of the moment it joined.
  struct Mark {
    var perRow: Int128 = 0
    var perToken: Int128 = 0
    var perTokenIteration: Int128 = 0
  }

  private(set) var mark = Mark()
  private var rowCarry: Int128 = 0
  private var tokenCarry: Int128 = 0

  /// Adds decode iteration number `iteration`, in which `rows` rows attended to `tokens` tokens.
  mutating func add(shared: Energy, own: Energy, rows: Int, tokens: Int, iteration: Int) {
    let (perRow, rowRest) = (shared.quanta + rowCarry)
      .quotientAndRemainder(dividingBy: Int128(rows))
    let (perToken, tokenRest) = (own.quanta + tokenCarry)
      .quotientAndRemainder(dividingBy: Int128(tokens))
    mark.perRow += perRow
    mark.perToken += perToken
    mark.perTokenIteration += perToken * Int128(iteration)
    rowCarry = rowRest
    tokenCarry = tokenRest
  }

  /// What a row with this base has borne since `joined`.
  func borne(since joined: Mark, base: Int) -> Energy {
    Energy(
      quanta: mark.perRow - joined.perRow + Int128(base) * (mark.perToken - joined.perToken)
        + mark.perTokenIteration - joined.perTokenIteration)
  }

  /// Not yet borne by any row.
  var carried: Energy { Energy(quanta: rowCarry + tokenCarry) }

  /// Takes what is carried, for the last row that leaves.
  mutating func takeCarried() -> Energy {
    defer { (rowCarry, tokenCarry) = (0, 0) }
    return carried
  }
}
