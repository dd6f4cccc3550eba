@preconcurrency internal import CGSL

/// The singular values of a matrix and the directions that belong to them (GSL): which
/// combinations of its columns nearly vanish.
public struct SingularValues: Sendable {
  /// In descending order, one per column.
  public let values: [Double]
  /// The right singular vector of each value, in the same order.
  public let directions: [[Double]]

  /// `rows` of equal length, at least as many as columns; throws `NumericalError`.
  public init(of rows: [[Double]]) throws {
    _ = GSLStatus.handlerIsOff
    let columns = rows.first?.count ?? 0
    precondition(columns > 0 && rows.count >= columns, "\(rows.count) rows, \(columns) columns")
    let what = "singular values"
    let matrix = try GSLStatus.allocated(gsl_matrix_alloc(rows.count, columns), what)
    defer { gsl_matrix_free(matrix) }
    let right = try GSLStatus.allocated(gsl_matrix_alloc(columns, columns), what)
    defer { gsl_matrix_free(right) }
    let singular = try GSLStatus.allocated(gsl_vector_alloc(columns), what)
    defer { gsl_vector_free(singular) }
    let work = try GSLStatus.allocated(gsl_vector_alloc(columns), what)
    defer { gsl_vector_free(work) }
    for (i, row) in rows.enumerated() {
      precondition(row.count == columns && row.allSatisfy(\.isFinite), "row \(i) is not finite")
      for (j, value) in row.enumerated() { gsl_matrix_set(matrix, i, j, value) }
    }
    try GSLStatus.check(gsl_linalg_SV_decomp(matrix, right, singular, work), what)
    values = (0..<columns).map { gsl_vector_get(singular, $0) }
    directions = (0..<columns).map { k in (0..<columns).map { gsl_matrix_get(right, $0, k) } }
  }
}
