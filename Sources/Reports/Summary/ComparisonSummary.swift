internal import Scenarios
internal import Studies

/// The 95 % interval of each source of uncertainty; null where it was not looked at.
public struct SourceIntervals: Codable, Hashable, Sendable {
  public var replications, questions, calibration: Nullable<[Double]>

  init(_ estimate: SourcedEstimate) {
    replications = Nullable(ends: estimate.interval(of: .replications))
    questions = Nullable(ends: estimate.interval(of: .questions))
    calibration = Nullable(ends: estimate.interval(of: .calibration))
  }
}

/// A figure with its intervals.
public struct EstimateEntry: Codable, Hashable, Sendable {
  public var value: Double
  /// From the lowest to the highest end of the sources'.
  public var interval: Nullable<[Double]>
  public var intervalsBySource: SourceIntervals

  enum CodingKeys: String, CodingKey {
    case value
    case interval = "ci95"
    case intervalsBySource = "ci95_by_source"
  }

  init(_ estimate: SourcedEstimate) {
    value = estimate.value
    interval = Nullable(ends: estimate.interval)
    intervalsBySource = SourceIntervals(estimate)
  }
}

extension Nullable<[Double]> {
  /// Low and high end, or null.
  init(ends interval: ClosedRange<Double>?) {
    self.init(interval.map { [$0.lowerBound, $0.upperBound] })
  }
}

/// What `summary.json` says of a comparison as a whole.
public struct ComparisonSummary: Codable, Hashable, Sendable {
  public var replications: Int
  public var calibrationDraws: Int
  /// In words.
  public var verdict: [String]
  public var bestSingleArm: Nullable<String>
  /// Corners of the random mixes of the fixed arms, by rising energy.
  public var mixCorners: [String]
  /// By policy that is no fixed arm: what it saves of the energy of the mix that is right as
  /// often, per cent.
  public var savingAgainstMix: [String: Nullable<EstimateEntry>]
  /// The same of attributed energy.
  public var attributedSavingAgainstMix: [String: Nullable<EstimateEntry>]
  /// By policy, then metric: means over the replications.
  public var means: [String: [String: Nullable<EstimateEntry>]]
  /// By what is counted.
  public var hypervolume: [String: Nullable<EstimateEntry>]
  public var hypervolumeEnergyLimit: Nullable<Double>

  enum CodingKeys: String, CodingKey {
    case replications, verdict, hypervolume, means
    case attributedSavingAgainstMix = "attributed_saving_against_mix_percent"
    case calibrationDraws = "calibration_draws"
    case bestSingleArm = "best_single_arm"
    case mixCorners = "mix_corners"
    case savingAgainstMix = "saving_against_mix_percent"
    case hypervolumeEnergyLimit = "hypervolume_energy_limit_j"
  }

  init(_ comparison: PolicyComparison, in context: StudyContext) {
    func entry(_ estimate: SourcedEstimate?) -> Nullable<EstimateEntry> {
      Nullable(estimate.map(EstimateEntry.init))
    }
    replications = comparison.replicationCount
    calibrationDraws = comparison.calibrationDrawCount
    verdict = VerdictSentences.lines(comparison, in: context)
    bestSingleArm = Nullable(comparison.bestSingleArm)
    mixCorners = comparison.mixCorners.map(\.name)
    savingAgainstMix = Dictionary(
      comparison.verdicts.map { ($0.policy, entry($0.saving)) },
      uniquingKeysWith: { first, _ in first })
    attributedSavingAgainstMix = Dictionary(
      comparison.verdicts.map { ($0.policy, entry($0.attributedSaving)) },
      uniquingKeysWith: { first, _ in first })
    means = Dictionary(
      comparison.placed.map { placed in
        let figures: [(PairedMetric, SourcedEstimate?)] = [
          (.energyPerRequest, placed.energyPerRequest), (.accuracyPoints, placed.accuracyPoints),
          (.attributedEnergyPerRequest, placed.attributedEnergyPerRequest),
          (.endToEndTail, placed.endToEndTail),
        ]
        return (
          placed.name,
          Dictionary(uniqueKeysWithValues: figures.map { ($0.0.rawValue, entry($0.1)) })
        )
      }, uniquingKeysWith: { first, _ in first })
    let volumes = comparison.hypervolumes
    hypervolume = [
      "fixed_arms": entry(volumes?.fixedArms), "random_mixes": entry(volumes?.randomMixes),
      "all_policies": entry(volumes?.allPolicies),
    ]
    hypervolumeEnergyLimit = Nullable(finite: volumes?.energyLimit)
  }
}
