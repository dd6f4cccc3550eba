/// Policies against each other on the same queries.
public struct PolicyComparison: Sendable {
  /// Beyond this many policies only the pairs with the baseline are compared: the number of
  /// all pairs grows with the square.
  static let allPairsLimit = 12

  public var replicationCount: Int
  public var calibrationDrawCount: Int
  /// Every policy with energy and accuracy, in the study's order.
  public var placed: [PlacedPolicy]
  /// Later policies against earlier ones; the pairs with the baseline (the first) come first.
  public var paired: [PairedDifference]
  /// Names of the policies that no other beats in both energy per request and accuracy.
  public var paretoFront: [String]
  public var equalAccuracy: [EqualAccuracyRow]
  /// The fixed arm that spends least on a right answer (on a request, where nothing is judged).
  public var bestSingleArm: String?
  /// The corners of the fixed arms' random mixes, by rising energy.
  public var mixCorners: [PolicyPoint]
  /// Every policy that is no fixed arm, against the mixes of these.
  public var verdicts: [PolicyVerdict]
  /// Who spends least on a right answer (on a request, where nothing is judged).
  public var thriftiest: Leaders?
  public var mostAccurate: Leaders?
  public var hypervolumes: Hypervolumes?

  /// Of one replication: what a study holds by itself.
  public init(_ study: StudyResult) { self.init(study.context, ComparisonSamples(study)) }

  public init(_ context: StudyContext, _ samples: ComparisonSamples) {
    let names = samples.replications.first?.map(\.name) ?? []
    let evidence = ComparisonEvidence(samples)
    let arms = context.fixedArms(among: names)
    let reader = VerdictReader(names: names, arms: arms, evidence: evidence)
    replicationCount = samples.replications.count
    calibrationDrawCount = samples.calibrationDraws.count
    placed = names.indices.map { policy in
      PlacedPolicy(
        name: names[policy], energyPerRequest: evidence.estimate { $0[policy, .energyPerRequest] },
        accuracyPoints: evidence.estimate { $0[policy, .accuracyPoints] },
        attributedEnergyPerRequest: evidence.estimate {
          $0[policy, .attributedEnergyPerRequest]
        },
        endToEndTail: evidence.estimate(bends: false) { $0[policy, .endToEndTail] })
    }
    paired = evidence.differences(Self.pairs(count: names.count), names: names)
    paretoFront = PolicyPoint.paretoFront(of: reader.meanPoints.map(\.point)).map(\.name)
    equalAccuracy = FamilyReader(names, context.familiesByPolicy, evidence).rows()
    bestSingleArm = reader.bestSingleArm
    mixCorners = reader.meanMixes.corners
    verdicts = reader.verdicts()
    thriftiest = reader.thriftiest()
    mostAccurate = reader.mostAccurate()
    hypervolumes = reader.hypervolumes()
  }

  static func pairs(count: Int) -> [(a: Int, b: Int)] {
    let baselines = count <= allPairsLimit ? max(0, count - 1) : 1
    return (0..<baselines).flatMap { b in ((b + 1)..<count).map { (a: $0, b: b) } }
  }
}
