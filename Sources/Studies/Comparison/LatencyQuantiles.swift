internal import NumericalMethods

/// The median and the 99th percentile of three latencies.
struct LatencyQuantiles {
  /// Milliseconds.
  private(set) var values: PolicyValues = [:]

  fileprivate init() {}

  fileprivate mutating func set(_ metrics: [PairedMetric], _ nanoseconds: [Double]?) {
    for (metric, value) in zip(metrics, nanoseconds ?? []) { values[metric] = value / 1e6 }
  }
}

/// Latency quantiles of some batches together, and of all but one.
struct PooledLatencies {
  private let pools: [(metrics: [PairedMetric], pool: PooledQuantiles)]
  private static let fractions = [0.5, 0.99]

  init(_ batches: [ComparisonSums]) {
    pools = [
      (
        [.timeToFirstTokenMedian, .timeToFirstTokenTail],
        PooledQuantiles(batches.map(\.timeToFirstToken))
      ),
      (
        [.timePerOutputTokenMedian, .timePerOutputTokenTail],
        PooledQuantiles(batches.map(\.timePerOutputToken))
      ),
      ([.endToEndMedian, .endToEndTail], PooledQuantiles(batches.map(\.endToEnd))),
    ]
  }

  func quantiles(without batch: Int? = nil) -> LatencyQuantiles {
    var found = LatencyQuantiles()
    for (metrics, pool) in pools {
      found.set(metrics, pool.quantiles(Self.fractions, without: batch))
    }
    return found
  }
}
