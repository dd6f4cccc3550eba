internal import FleetEngine
public import Policies
public import Quantities

/// Who tells a policy that learns right from wrong.
public struct JudgeSpecification: Hashable, Sendable {
  /// Share of the completed requests that are judged.
  public var labelRate: Double
  /// Chance that a judgment is wrong, below one half.
  public var error: Double
  public var delay: SimDuration

  func judge(seed: UInt64) -> Judge {
    Judge(labelRate: labelRate, error: error, delay: delay, seed: seed)
  }
}

/// A bandit over arms.
public struct BanditSpecification: Hashable, Sendable {
  public var arms: [Int]
  public var exploration: Exploration
  /// Right answers that a joule must buy.
  public var lambda: Double
  public var judge: JudgeSpecification
  public var estimator: EstimatorSpecification?
}

/// Wilkins's closed-form router.
public struct ZetaSpecification: Hashable, Sendable {
  public var zeta: Double
  public var arms: [ZetaArm]
  public var expectedOutputTokens: Int
}

/// The energy-aware joint router, or the oracle in its place.
public struct JointSpecification: Hashable, Sendable {
  public var arms: [Int]
  public var target: RoutingTarget
  /// Whether it knows every arm's answer beforehand: a bound.
  public var knowsCorrectness: Bool
  public var estimator: EstimatorSpecification?
  public var judge: JudgeSpecification?
  /// Training queries from which the prospects of the arms are learned.
  public var trainingQueries: Int
}
