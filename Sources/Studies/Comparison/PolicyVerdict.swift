/// What the evidence says of one policy against the fixed arms that it chooses from.
public struct PolicyVerdict: Hashable, Sendable {
  public var policy: String
  /// The arms whose random mix is right as often; one where an arm alone is, none where no mix is.
  public var mixedArms: [String]
  /// What the policy saves of that mix's energy per request, per cent; negative where it spends
  /// more. Nil where no mix is right as often, or nothing is judged.
  public var saving: SourcedEstimate?
  /// The same of the joules on the requests' own accounts, without idle; the mix may be of other
  /// arms.
  public var attributedSaving: SourcedEstimate?
  /// Holm's, over the policies of the study.
  public var adjustedP: Double?

  /// Whether the saving or the loss stands in every source and after the correction.
  public var isClear: Bool {
    guard let saving, let interval = saving.interval, !interval.contains(0),
      saving.undefinedDraws == 0
    else { return false }
    return adjustedP.map { $0 < 1 - ConfidenceLevel.standard } ?? true
  }
}

/// Who spends least by some figure, and who cannot be told from that.
public struct Leaders: Hashable, Sendable {
  public var metric: PairedMetric
  public var best: String
  public var value: SourcedEstimate
  /// Policies that chance leaves in reach of the best: other traffic, luck or questions.
  public var ties: [String]
  /// Further ones that the errors of the calibration leave in reach.
  public var inReachOfCalibration: [String]
  /// The sources that were looked at.
  public var sources: [UncertaintySource]
}

/// Shares of the rectangle behind a front; see `PolicyPoint.hypervolume`.
public struct Hypervolumes: Hashable, Sendable {
  /// The largest energy per request of any policy, joules.
  public var energyLimit: Double
  public var fixedArms: SourcedEstimate?
  public var randomMixes: SourcedEstimate?
  public var allPolicies: SourcedEstimate?
}

/// One policy's place in the plane of energy and accuracy.
public struct PlacedPolicy: Hashable, Sendable {
  public var name: String
  public var energyPerRequest: SourcedEstimate?
  public var accuracyPoints: SourcedEstimate?
  /// On the requests' own accounts, without idle.
  public var attributedEnergyPerRequest: SourcedEstimate?
  /// 99th percentile, milliseconds.
  public var endToEndTail: SourcedEstimate?
}
