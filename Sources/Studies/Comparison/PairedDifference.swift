/// How far policy `a` lies above policy `b` in one metric, on the same queries.
public struct PairedDifference: Hashable, Sendable {
  public var a: String
  public var b: String
  public var metric: PairedMetric
  /// The metric of `a` less that of `b`.
  public var estimate: SourcedEstimate
  /// The metric of `b`, to which the difference may be related.
  public var reference: Double
  /// The p value after Holm's correction over the pairs of the same metric; nil without interval.
  public var adjustedP: Double?

  public init(
    a: String, b: String, metric: PairedMetric, estimate: SourcedEstimate, reference: Double,
    adjustedP: Double? = nil
  ) {
    self.a = a
    self.b = b
    self.metric = metric
    self.estimate = estimate
    self.reference = reference
    self.adjustedP = adjustedP
  }

  /// Whether the difference stands in every source of uncertainty and after the correction.
  public var isClear: Bool {
    guard let interval = estimate.interval, !interval.contains(0) else { return false }
    guard let adjustedP else { return true }
    return adjustedP < 1 - ConfidenceLevel.standard
  }
}

extension ComparisonEvidence {
  /// The difference in every metric that both policies have, for pairs of positions; each metric's
  /// p values are corrected for the number of its pairs.
  func differences(
    _ pairs: [(a: Int, b: Int)], names: [String], metrics: [PairedMetric] = PairedMetric.allCases
  ) -> [PairedDifference] {
    let byMetric = metrics.map { metric -> [PairedDifference?] in
      var found = pairs.map { difference($0.a, $0.b, metric, names: names) }
      let adjusted = HolmCorrection.adjusted(found.map { $0?.estimate.pValue })
      for index in found.indices { found[index]?.adjustedP = adjusted[index] }
      return found
    }
    return pairs.indices.flatMap { pair in byMetric.compactMap { $0[pair] } }
  }

  private func difference(
    _ a: Int, _ b: Int, _ metric: PairedMetric, names: [String]
  ) -> PairedDifference? {
    let estimate = estimate(bends: !metric.isQuantile) { table in
      guard let x = table[a, metric], let y = table[b, metric] else { return nil }
      return x - y
    }
    guard let estimate, let reference = self.estimate({ $0[b, metric] })?.value else {
      return nil
    }
    return PairedDifference(
      a: names[a], b: names[b], metric: metric, estimate: estimate, reference: reference)
  }
}
