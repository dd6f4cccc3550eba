internal import NumericalMethods

/// A quantile of all batches, and what it would be without each of them.
///
/// One step of the inverse distribution function: without a batch the share of the values below
/// the quantile is another, and the quantile moves by the miss times the slope at which values rise
/// with their share. The slope is taken between the ends of the share's own standard error, which
/// the batches give (R. S. Woodruff, "Confidence intervals for medians and other position
/// measures", Journal of the American Statistical Association 47, 1952; C. A. Francisco and
/// W. A. Fuller, "Quantile estimation with a complex survey design", Annals of Statistics 19,
/// 1991). The quantile of the values that are left is no use for that: where it rests on few values
/// it stays where it is or jumps.
struct LinearizedQuantile {
  let value: Double
  /// Empty where one batch alone has values.
  let withoutBatch: [Double]

  /// Nil without values.
  init?(_ pool: PooledQuantiles, _ fraction: Double) {
    guard let value = pool.quantile(fraction) else { return nil }
    let shares = pool.sharesBelowQuantile(fraction)
    let mean = SampleMoments.mean(shares)
    let error = (Jackknife.variance(shares) ?? 0).squareRoot()
    // Closer together than two values there is no slope.
    let reach = max(error, 1 / Double(pool.count))
    let low = max(0, fraction - reach)
    let high = min(1, fraction + reach)
    let rise = (pool.quantile(high) ?? value) - (pool.quantile(low) ?? value)
    let slope = rise / (high - low)
    self.value = value
    withoutBatch = shares.map { value - slope * ($0 - mean) }
  }
}

/// The median and the 99th percentile of three latencies, of some batches together and of all but
/// one.
struct PooledLatencies {
  private var quantiles: [PairedMetric: LinearizedQuantile] = [:]

  init(_ batches: [ComparisonSums]) {
    add(.timeToFirstTokenMedian, .timeToFirstTokenTail, batches.map(\.timeToFirstToken))
    add(.timePerOutputTokenMedian, .timePerOutputTokenTail, batches.map(\.timePerOutputToken))
    add(.endToEndMedian, .endToEndTail, batches.map(\.endToEnd))
  }

  private mutating func add(
    _ median: PairedMetric, _ tail: PairedMetric, _ sketches: [SparseQuantileSketch]
  ) {
    let pool = PooledQuantiles(sketches)
    quantiles[median] = LinearizedQuantile(pool, 0.5)
    quantiles[tail] = LinearizedQuantile(pool, 0.99)
  }

  /// Milliseconds.
  func values(without batch: Int? = nil) -> PolicyValues {
    quantiles.compactMapValues { quantile in
      guard let batch else { return quantile.value / 1e6 }
      return quantile.withoutBatch.isEmpty ? nil : quantile.withoutBatch[batch] / 1e6
    }
  }
}
