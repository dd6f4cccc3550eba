internal import Quantities

/// A figure per request by which two policies are compared on the same queries.
public enum PairedMetric: String, CaseIterable, Sendable {
  case attributedEnergyPerRequest = "attributed_energy_per_request_j"
  case accuracyPoints = "accuracy_points"
  case attributedEnergyPerCorrect = "attributed_energy_per_correct_j"
  case endToEndLatency = "e2e_ms"
  case timeToFirstToken = "ttft_ms"

  /// The figure over the requests of `sums`; nil where it is undefined.
  func value(of sums: RequestSums) -> Double? {
    func ratio(_ numerator: Double, _ denominator: Int) -> Double? {
      denominator > 0 ? numerator / Double(denominator) : nil
    }
    return switch self {
    case .attributedEnergyPerRequest: ratio(sums.energy.joules, sums.completed)
    case .accuracyPoints: ratio(100 * Double(sums.correct), sums.judged)
    case .attributedEnergyPerCorrect: ratio(sums.energy.joules, sums.correct)
    case .endToEndLatency: ratio(sums.endToEndLatency.milliseconds, sums.completed)
    case .timeToFirstToken: ratio(sums.timeToFirstToken.milliseconds, sums.completed)
    }
  }
}

/// How far policy `a` lies above policy `b` in one metric, on the same queries.
public struct PairedDifference: Hashable, Sendable {
  public var a: String
  public var b: String
  public var metric: PairedMetric
  /// The metric of `a` less that of `b`.
  public var estimate: Estimate
  /// The metric of `b`, to which the difference may be related.
  public var reference: Double

  public init(
    a: String, b: String, metric: PairedMetric, estimate: Estimate, reference: Double
  ) {
    self.a = a
    self.b = b
    self.metric = metric
    self.estimate = estimate
    self.reference = reference
  }
}

extension PairedDifference {
  /// The difference in `metric` between two runs over the same stream of queries; nil where one
  /// of them has no such figure.
  ///
  /// The same batches of queries are left out of both at once, so what the queries have in
  /// common (their difficulty, their lengths, the moment they came) cancels.
  static func between(_ a: PolicyRun, _ b: PolicyRun, _ metric: PairedMetric) -> Self? {
    let (aBatches, bBatches) = alignedBatches(a.batches, b.batches)
    let aTotal = total(aBatches)
    let bTotal = total(bBatches)
    let estimate = Jackknife.estimate(batchCount: aBatches.count) { excluded in
      let aSums = excluded.map { aTotal.removing(aBatches[$0]) } ?? aTotal
      let bSums = excluded.map { bTotal.removing(bBatches[$0]) } ?? bTotal
      guard let x = metric.value(of: aSums), let y = metric.value(of: bSums) else { return nil }
      return x - y
    }
    guard let estimate, let reference = metric.value(of: bTotal) else { return nil }
    return Self(a: a.name, b: b.name, metric: metric, estimate: estimate, reference: reference)
  }

  private static func total(_ batches: [RequestSums]) -> RequestSums {
    batches.reduce(into: RequestSums()) { $0.merge($1) }
  }

  /// Both runs' batches over the same ranges of ids, where both counted the same queries: at the
  /// edges of a window that depends on the run they may differ.
  private static func alignedBatches(
    _ a: RequestBatches, _ b: RequestBatches
  ) -> ([RequestSums], [RequestSums]) {
    let shift = max(a.shift, b.shift)
    let aBins = a.widened(toShift: shift).bins
    let bBins = b.widened(toShift: shift).bins
    var pairs: ([RequestSums], [RequestSums]) = ([], [])
    for (x, y) in zip(aBins, bBins)
    where x.ended > 0 && x.ended == y.ended && x.queryDigest == y.queryDigest {
      pairs.0.append(x)
      pairs.1.append(y)
    }
    return pairs
  }
}
