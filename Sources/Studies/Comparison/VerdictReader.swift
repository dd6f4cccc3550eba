/// Reads verdicts off the evidence.
struct VerdictReader {
  let names: [String]
  /// Positions of the fixed arms.
  let arms: [Int]
  let evidence: ComparisonEvidence

  private func mean(_ policy: Int, _ metric: PairedMetric) -> Double? {
    evidence.estimate { $0[policy, metric] }?.value
  }

  /// Points of the means over the replications, of the policies that have one.
  var meanPoints: [(policy: Int, point: PolicyPoint)] {
    names.indices.compactMap { policy in
      guard let energy = mean(policy, .energyPerRequest),
        let accuracy = mean(policy, .accuracyPoints)
      else { return nil }
      return (
        policy,
        PolicyPoint(
          name: names[policy], energyPerRequest: energy, accuracy: accuracy / 100)
      )
    }
  }

  var meanMixes: RandomMixes {
    RandomMixes(of: meanPoints.filter { arms.contains($0.policy) }.map(\.point))
  }

  private func mixes(
    in table: RealizedFigures, by metric: PairedMetric = .energyPerRequest
  ) -> RandomMixes {
    RandomMixes(of: arms.compactMap { table.point($0, names[$0], by: metric) })
  }

  var bestSingleArm: String? {
    for metric in [PairedMetric.energyPerCorrect, .energyPerRequest] {
      let known = arms.compactMap { arm in mean(arm, metric).map { (arm, $0) } }
      if let best = known.min(by: { $0.1 < $1.1 }) { return names[best.0] }
    }
    return nil
  }

  /// Of every policy that is no fixed arm and is judged, where there are fixed arms.
  func verdicts() -> [PolicyVerdict] {
    guard !arms.isEmpty else { return [] }
    let mixes = meanMixes
    var found = meanPoints.filter { !arms.contains($0.policy) }.map { policy, point in
      PolicyVerdict(
        policy: names[policy], mixedArms: mixes.arms(atAccuracy: point.accuracy),
        saving: evidence.estimate { saving(of: policy, in: $0, by: .energyPerRequest) },
        attributedSaving: evidence.estimate {
          saving(of: policy, in: $0, by: .attributedEnergyPerRequest)
        })
    }
    let adjusted = HolmCorrection.adjusted(found.map { $0.saving?.pValue })
    for index in found.indices { found[index].adjustedP = adjusted[index] }
    return found
  }

  private func saving(
    of policy: Int, in table: RealizedFigures, by metric: PairedMetric
  ) -> Double? {
    guard let point = table.point(policy, names[policy], by: metric),
      let mixed = mixes(in: table, by: metric).energyPerRequest(atAccuracy: point.accuracy)
    else { return nil }
    return 100 * (1 - point.energyPerRequest / mixed)
  }

  /// By energy per right answer, or per request where nothing is judged.
  func thriftiest() -> Leaders? {
    leaders(by: .energyPerCorrect) ?? leaders(by: .energyPerRequest)
  }

  func mostAccurate() -> Leaders? { leaders(by: .accuracyPoints, sign: -1) }

  /// The policy with the least value, or the largest for a sign of -1.
  private func leaders(by metric: PairedMetric, sign: Double = 1) -> Leaders? {
    let known = names.indices.compactMap { policy in
      evidence.estimate { $0[policy, metric] }.map { (policy, $0) }
    }
    guard let (best, value) = known.min(by: { sign * $0.1.value < sign * $1.1.value }) else {
      return nil
    }
    let others = known.map(\.0).filter { $0 != best }
    func unclear(_ evidence: ComparisonEvidence) -> [PairedDifference] {
      evidence.differences(others.map { (a: $0, b: best) }, names: names, metrics: [metric])
        .filter { !$0.isClear }
    }
    let ties = unclear(evidence.withoutCalibration).map(\.a)
    return Leaders(
      metric: metric, best: names[best], value: value, ties: ties,
      inReachOfCalibration: unclear(evidence).map(\.a).filter { !ties.contains($0) },
      sources: value.sources)
  }

  func hypervolumes() -> Hypervolumes? {
    guard let limit = meanPoints.map(\.point.energyPerRequest).max(), limit > 0 else { return nil }
    func volume(_ policies: [Int]) -> SourcedEstimate? {
      evidence.estimate { table in
        PolicyPoint.hypervolume(
          of: policies.compactMap { table.point($0, names[$0]) }, energyLimit: limit)
      }
    }
    return Hypervolumes(
      energyLimit: limit, fixedArms: arms.isEmpty ? nil : volume(arms),
      randomMixes: arms.isEmpty
        ? nil : evidence.estimate { mixes(in: $0).hypervolume(energyLimit: limit) },
      allPolicies: volume(Array(names.indices)))
  }
}
