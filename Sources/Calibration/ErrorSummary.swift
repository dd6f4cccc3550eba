/// How far predictions are from measurements, as shares of the measurement.
struct ErrorSummary {
  let count: Int
  let mean: Double
  let median: Double
  let ninetiethPercentile: Double
  /// Mean of the signed errors: positive where the model is too high.
  let bias: Double

  /// `errors` are signed: predicted / measured - 1.
  init(_ errors: [Double]) {
    precondition(!errors.isEmpty, "no rows to summarise")
    let sorted = errors.map(abs).sorted()
    let rank = { (share: Double) in sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }
    count = errors.count
    mean = sorted.reduce(0, +) / Double(count)
    median = rank(0.5)
    ninetiethPercentile = rank(0.9)
    bias = errors.reduce(0, +) / Double(count)
  }
}
