internal import Studies

/// What a comparison says of every policy over all of its seeds, with the intervals of the
/// replications.
struct MeansTable {
  let comparison: PolicyComparison

  init(_ comparison: PolicyComparison) { self.comparison = comparison }

  /// With a heading.
  var lines: [String] {
    let names = [
      "", "right", "± seeds", "J/request", "± seeds", "own J", "± seeds", "E2E p99", "saves", "",
      "own", "",
    ]
    let units = ["policy", "%", "", "J", "", "J", "", "s", "%", "95 %", "%", "95 %"]
    let heading =
      "Means over \(comparison.replicationCount) seeds; ± seeds, and the ranges: the 95 % interval "
      + "over these seeds alone; own J: on the requests' accounts, without "
      + "idle; saves: of the energy of the fixed arms' mix that is right as often."
    return [heading] + TextTable(rows: [names, units] + comparison.placed.map(row)).lines()
  }

  private func row(_ placed: PlacedPolicy) -> [String] {
    let verdict = comparison.verdicts.first { $0.policy == placed.name }
    return [placed.name] + value(placed.accuracyPoints) + value(placed.energyPerRequest)
      + value(placed.attributedEnergyPerRequest)
      + [NumberText.figure(placed.endToEndTail.map { $0.value / 1e3 })]
      + saving(verdict?.saving) + saving(verdict?.attributedSaving)
  }

  /// A mean, and half of its interval.
  private func value(_ estimate: SourcedEstimate?) -> [String] {
    let interval = estimate?.interval(of: .replications)
    return [
      NumberText.figure(estimate?.value),
      NumberText.figure(interval.map { ($0.upperBound - $0.lowerBound) / 2 }),
    ]
  }

  private func saving(_ estimate: SourcedEstimate?) -> [String] {
    guard let estimate else { return ["", ""] }
    let interval = estimate.interval(of: .replications).map {
      "\(NumberText.fixed($0.lowerBound, decimals: 1)) to "
        + NumberText.fixed($0.upperBound, decimals: 1)
    }
    return [NumberText.fixed(estimate.value, decimals: 1), interval ?? NumberText.none]
  }
}
