@preconcurrency internal import CGSL

/// Linear least squares whose rows touch few neighbouring unknowns, by normal equations of limited
/// bandwidth and GSL's banded Cholesky factors.
///
/// Rows are added one at a time; memory is unknowns times bandwidth, time to solve unknowns times
/// bandwidth squared. Penalties are rows like any other.
public struct BandedLeastSquares {
  public let unknownCount: Int
  /// Largest difference of two unknowns' positions in one row.
  public let bandwidth: Int
  /// Row j holds the matrix's elements (j, j), (j + 1, j), … (j + bandwidth, j).
  private var band: [Double]
  private var rightSide: [Double]

  public init(unknownCount: Int, bandwidth: Int) {
    precondition(unknownCount > 0 && bandwidth >= 0, "\(unknownCount) unknowns, \(bandwidth)")
    self.unknownCount = unknownCount
    self.bandwidth = min(bandwidth, unknownCount - 1)
    band = [Double](repeating: 0, count: unknownCount * (self.bandwidth + 1))
    rightSide = [Double](repeating: 0, count: unknownCount)
  }

  /// Asks that the sum of `coefficients` times the unknowns at `positions` be `target`.
  public mutating func addRow(
    positions: [Int], coefficients: [Double], target: Double, weight: Double = 1
  ) {
    let width = bandwidth + 1
    for i in positions.indices {
      let (a, weighted) = (positions[i], weight * coefficients[i])
      rightSide[a] += weighted * target
      for k in positions.indices where positions[k] >= a {
        precondition(positions[k] - a <= bandwidth, "a row reaches beyond the bandwidth")
        band[a * width + positions[k] - a] += weighted * coefficients[k]
      }
    }
  }

  /// The unknowns that come nearest to what all rows ask.
  ///
  /// Throws a `NumericalError` where the rows leave an unknown open.
  public func solution() throws -> [Double] {
    _ = GSLStatus.handlerIsOff
    var factors = band
    var unknowns = rightSide
    try factors.withUnsafeMutableBufferPointer { factors in
      try unknowns.withUnsafeMutableBufferPointer { unknowns in
        var matrix = gsl_matrix_view_array(factors.baseAddress, unknownCount, bandwidth + 1)
        var vector = gsl_vector_view_array(unknowns.baseAddress, unknownCount)
        try GSLStatus.check(
          gsl_linalg_cholesky_band_decomp(&matrix.matrix), "banded least squares")
        try GSLStatus.check(
          gsl_linalg_cholesky_band_svx(&matrix.matrix, &vector.vector), "banded least squares")
      }
    }
    return unknowns
  }
}
