/// All realisations of a study's figures, from which any statistic of them gets its intervals.
struct ComparisonEvidence: Sendable {
  let replications: [ReplicationFigures]
  /// Under other constants of the calibration, with the queries and luck of the first replication.
  private(set) var draws: [RealizedFigures]

  init(_ samples: ComparisonSamples) {
    replications = samples.replications.map { ReplicationFigures($0) }
    draws = samples.calibrationDraws.map { ReplicationFigures($0, leavesOut: false).whole }
  }

  /// The same as if the constants were known.
  var withoutCalibration: Self {
    var copy = self
    copy.draws = []
    return copy
  }

  /// A statistic with the interval of each source; nil where a replication leaves it undefined.
  ///
  /// The value is the mean over the replications. *Replications*: the t interval of that mean.
  /// *Questions*: the jackknife variances of the replications, added. *Calibration*: the spread
  /// over the draws, for one more draw like them: the truth is one set of constants, no mean.
  ///
  /// `bends` says whether what the batches say is skewed as the statistic is. That of a quantile is
  /// not: how the values beyond it thin out skews it, and no batch tells that.
  func estimate(
    bends: Bool = true, _ statistic: (RealizedFigures) -> Double?
  ) -> SourcedEstimate? {
    let values = replications.compactMap { statistic($0.whole) }
    guard !values.isEmpty, values.count == replications.count else { return nil }
    let count = Double(values.count)
    var errors: [UncertaintySource: SourceError] = [:]
    if let variance = SampleMoments.variance(values) {
      errors[.replications] = SourceError(
        standardError: (variance / count).squareRoot(), degreesOfFreedom: count - 1)
    }
    errors[.questions] = questions(statistic, bends: bends)
    let drawn = draws.compactMap(statistic)
    if drawn.count == draws.count, let variance = SampleMoments.variance(drawn) {
      let draws = Double(drawn.count)
      errors[.calibration] = SourceError(
        standardError: (variance * (1 + 1 / draws)).squareRoot(), degreesOfFreedom: draws - 1)
    }
    return SourcedEstimate(
      value: SampleMoments.mean(values), errors: errors,
      undefinedDraws: draws.count - drawn.count)
  }

  private func questions(
    _ statistic: (RealizedFigures) -> Double?, bends: Bool
  ) -> SourceError? {
    var moments: [JackknifeMoments] = []
    for replication in replications {
      let values = replication.withoutBatch.compactMap(statistic)
      guard values.count == replication.withoutBatch.count, let own = JackknifeMoments(values)
      else { return nil }
      moments.append(own)
    }
    let variance = moments.reduce(0) { $0 + $1.variance }
    let spread = moments.reduce(0) { $0 + $1.variance * $1.variance / $1.degreesOfFreedom }
    guard variance > 0 else {
      return SourceError(
        standardError: 0, degreesOfFreedom: moments.reduce(0) { $0 + $1.degreesOfFreedom })
    }
    let skewness = moments.reduce(0) { $0 + $1.third } / (variance * variance.squareRoot())
    return SourceError(
      standardError: variance.squareRoot() / Double(replications.count),
      degreesOfFreedom: variance * variance / spread, skewness: bends ? skewness : 0)
  }
}

/// The runs of a comparison, reduced to what its intervals need; the policies stand in the same
/// order in each.
public struct ComparisonSamples: Sendable {
  /// The first is the scenario's own seed.
  public var replications: [[PolicySample]]
  public var calibrationDraws: [[PolicySample]]

  public init(replications: [[PolicySample]], calibrationDraws: [[PolicySample]] = []) {
    self.replications = replications
    self.calibrationDraws = calibrationDraws
  }

  /// One replication: what a study holds by itself.
  public init(_ study: StudyResult) {
    self.init(replications: [study.runs.map { PolicySample($0, in: study.context) }])
  }
}
