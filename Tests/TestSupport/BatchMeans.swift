/// Standard errors of correlated values, by the means of batches.
public enum BatchMeans {
  /// Distance of the mean of `values` from `expected` in standard errors, these by the means of
  /// `batches` batches of neighbors.
  public static func zScore(_ values: [Double], expected: Double, batches: Int = 40) -> Double {
    let size = values.count / batches
    let means = (0..<batches).map { batch in
      values[batch * size..<(batch + 1) * size].reduce(0, +) / Double(size)
    }
    let mean = means.reduce(0, +) / Double(batches)
    let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(batches - 1)
    return (mean - expected) / (variance / Double(batches)).squareRoot()
  }
}
