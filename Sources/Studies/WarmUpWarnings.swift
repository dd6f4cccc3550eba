internal import FleetEngine
internal import Quantities

/// Whether what was measured still holds a fleet that fills.
enum WarmUpWarnings {
  /// A latency that the first tenth of the queries lowers by more than this share of its mean is
  /// not that of a fleet in its stride. A hint, not a result.
  private static let noticeableShare = 0.02
  /// What a tenth may differ by chance, in standard errors of its mean.
  private static let chanceLimit = 4.0
  private static let leastBatches = 20

  static func of(_ runs: [PolicyRun]) -> [String] { runs.compactMap(warning) }

  private static func warning(_ run: PolicyRun) -> String? {
    guard run.fleet.arrivals == .open else { return nil }
    let bins = run.batches.bins.filter { $0.completed > 0 }
    guard bins.count >= leastBatches else { return nil }
    let means = bins.map { $0.endToEndLatency.seconds / Double($0.completed) }
    let count = bins.count / 10
    let early = SampleMoments.mean(Array(means.prefix(count)))
    let late = Array(means.dropFirst(count))
    let mean = SampleMoments.mean(late)
    guard let variance = SampleMoments.variance(late), variance > 0, mean > 0 else { return nil }
    let error = (variance / Double(count)).squareRoot()
    let bias = (mean - early) * Double(count) / Double(bins.count)
    guard mean - early > chanceLimit * error, bias > noticeableShare * mean else { return nil }
    return
      "\(run.name): the fleet still fills while it is measured: the first tenth of the queries "
      + "ends in \(rounded(early)) s in the mean, the rest in \(rounded(mean)) s; "
      + "measurement: {warmup: …} leaves it out"
  }

  private static func rounded(_ seconds: Double) -> String {
    let hundredths = Int((seconds * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
