internal import Quantities

/// Every policy's figures in one replication: of the whole, and without each batch of queries.
///
/// The same batches of queries are left out of all policies at once, so what the queries have in
/// common (their difficulty, their lengths, the moment they came) cancels in every difference.
struct ReplicationFigures: Sendable {
  /// Those that count the fleet's energy are of the whole measurement window, the others of the
  /// queries that every policy counted.
  let whole: RealizedFigures
  let withoutBatch: [RealizedFigures]

  /// `leavesOut` is false where only the whole is needed.
  init(_ samples: [PolicySample], leavesOut: Bool = true) {
    let aligned = AlignedBatches(samples)
    var columns: [[PolicyValues]] = []
    var wholes: [PolicyValues] = []
    for (policy, sample) in samples.enumerated() {
      let batches = aligned.requests[policy]
      let details = aligned.details[policy]
      let latencies = details.map { PooledLatencies($0) }
      let total = batches.merged()
      let wholeValues = sample.values(of: total, nil, quantiles: latencies?.values())
      let fleet =
        aligned.isComplete
        ? sample.fleetValues(over: total, metObjective: details?.metObjective)
        : sample.fleetValues
      wholes.append(wholeValues.merging(fleet) { $1 })
      guard leavesOut else { continue }
      columns.append(
        batches.indices.map { batch in
          sample.values(
            of: total.removing(batches[batch]),
            details.map { $0.merged(without: batch) },
            quantiles: latencies?.values(without: batch))
        })
    }
    whole = RealizedFigures(policies: wholes)
    withoutBatch = (0..<(columns.first?.count ?? 0)).map { batch in
      RealizedFigures(policies: columns.map { $0[batch] })
    }
  }
}

/// The batches in which every policy counted the same queries, policy by policy.
///
/// Neighbours are put together until few enough are left: requests of one batch are still served
/// while those of the next come, and a quantile needs batches that hold some of its tail.
struct AlignedBatches {
  /// About as many batches as are left of a long run. From ten to thirty are enough (B. Schmeiser,
  /// "Batch size effects in the analysis of simulation output", Operations Research 30, 1982); the
  /// fewer there are, the less neighbours have in common.
  private static let wantedCount = 12.0
  var requests: [[RequestSums]]
  /// Nil where a run was not made for a comparison.
  var details: [[ComparisonSums]?]
  /// Whether no query was left out.
  let isComplete: Bool

  /// At the edges of a window that depends on the run the policies may differ.
  init(_ samples: [PolicySample]) {
    let shift = samples.map { max($0.batches.shift, $0.details?.shift ?? 0) }.max() ?? 0
    let all = samples.map { $0.batches.widened(toShift: shift).bins }
    let common = (0..<(all.map(\.count).min() ?? 0)).filter { index in
      let first = all[0][index]
      return first.ended > 0
        && all.allSatisfy {
          $0[index].ended == first.ended && $0[index].queryDigest == first.queryDigest
        }
    }
    isComplete =
      samples.allSatisfy(\.countsArrivals)
      && all.allSatisfy { bins in bins.count { $0.ended > 0 } == common.count }
    let size = max(1, Int((Double(common.count) / Self.wantedCount).rounded()))
    // What is less than half a batch at the end goes to the last one.
    let count = max(1, Int((Double(common.count) / Double(size)).rounded()))
    let groups = (0..<(common.isEmpty ? 0 : count)).map {
      common[$0 * size..<($0 + 1 == count ? common.count : ($0 + 1) * size)]
    }
    requests = all.map { bins in groups.map { Self.merged($0.map { bins[$0] }) } }
    details = samples.map { sample in
      guard let bins = sample.details?.widened(toShift: shift).bins else { return nil }
      return groups.map { group in
        Self.merged(group.map { $0 < bins.count ? bins[$0] : ComparisonSums() })
      }
    }
  }

  private static func merged<Sums: Mergeable>(_ parts: [Sums]) -> Sums {
    parts.reduce(into: Sums()) { $0.merge($1) }
  }
}

extension [RequestSums] {
  fileprivate func merged() -> RequestSums { reduce(into: RequestSums()) { $0.merge($1) } }
}

extension [ComparisonSums] {
  /// Of all of them.
  fileprivate var metObjective: Int { reduce(0) { $0 + $1.metObjective } }

  /// Energy, time and counts alone: latencies are pooled elsewhere.
  fileprivate func merged(without excluded: Int) -> ComparisonSums {
    var sums = ComparisonSums()
    for (index, part) in enumerated() where index != excluded {
      sums.metObjective += part.metObjective
      sums.fleetEnergy += part.fleetEnergy
      sums.fleetTime += part.fleetTime
    }
    return sums
  }
}
