internal import Policies
public import Quantities

/// A policy that the scenario declares. Arms are indices into the scenario's list.
public struct PolicySpecification: Sendable {
  public var name: String
  public var choice: ArmChoiceSpecification
  /// Nil where nobody says: the least loaded replica, but for policies that weigh replicas
  /// themselves.
  public var route: RouteSpecification?
  /// Whether pools that none of its arms uses are deployed all the same, idle.
  public var deploysEveryPool: Bool
  /// What a decision takes beside its estimate of difficulty; nil where nobody says.
  public var ownCost: DecisionCost?
  /// The scenario's pools with engines as this policy wants them; nil where they are as the fleet
  /// says.
  public var pools: [PoolSpecification]?
  /// The policy of the file that a sweep made it of; nil where it stands for itself.
  public var family: String?

  /// What a decision takes; nil where neither the policy nor its estimator says, so that it is
  /// assumed free.
  public var decisionCost: DecisionCost? {
    let costs = [ownCost, choice.estimator?.cost].compactMap(\.self)
    return costs.isEmpty ? nil : costs.reduce(DecisionCost(time: .zero, joules: 0), +)
  }

  /// Whether it looks at queries at all: what takes no decision cannot take time over it.
  public var decides: Bool {
    switch choice {
    case .fixed, .mix: false
    default: !choice.isBound
    }
  }
}

/// Which arm a query gets.
public enum ArmChoiceSpecification: Hashable, Sendable {
  case fixed(arm: Int)
  /// Arms at random at given shares.
  case mix([ArmShare])
  case threshold(ThresholdSpecification)
  case bandit(BanditSpecification)
  case zeta(ZetaSpecification)
  case joint(JointSpecification)
  case process(ProcessSpecification)

  var isJoint: Bool {
    if case .joint = self { true } else { false }
  }

  /// The arms that it can choose, each once.
  public var arms: [Int] {
    switch self {
    case .fixed(let arm): [arm]
    case .mix(let shares): shares.filter { $0.share > 0 }.map(\.arm).unique
    case .threshold(let threshold): threshold.arms.unique
    case .bandit(let bandit): bandit.arms
    case .zeta(let zeta): zeta.arms.map(\.arm)
    case .joint(let joint): joint.arms
    case .process(let process): process.arms
    }
  }

  /// How well it knows difficulty; nil where it asks for nothing.
  public var estimator: EstimatorSpecification? {
    switch self {
    case .threshold(let threshold): threshold.estimator
    case .bandit(let bandit): bandit.estimator
    case .joint(let joint): joint.estimator
    case .process(let process): process.estimator
    case .fixed, .mix, .zeta: nil
    }
  }

  /// Who tells it right from wrong; nil where nobody does.
  public var judge: JudgeSpecification? {
    switch self {
    case .bandit(let bandit): bandit.judge
    case .joint(let joint): joint.judge
    case .fixed, .mix, .threshold, .zeta, .process: nil
    }
  }

  /// Whether it knows what nobody can know before the answer.
  public var isBound: Bool {
    if case .joint(let joint) = self, joint.knowsCorrectness { return true }
    return estimator?.quality == .oracle
  }
}

/// An arm and its share of the queries.
public struct ArmShare: Hashable, Sendable {
  public var arm: Int
  /// Relative to the sum over all arms.
  public var share: Double
}

/// Arms by the steps of a signal.
public struct ThresholdSpecification: Hashable, Sendable {
  public var signal: SignalSpecification
  /// Ascending; below the first the first arm, from the last on the last.
  public var thresholds: [Double]
  public var arms: [Int]
  /// Of difficulty; nil for other signals.
  public var estimator: EstimatorSpecification?

  public init(
    signal: SignalSpecification, thresholds: [Double], arms: [Int],
    estimator: EstimatorSpecification? = nil
  ) {
    self.signal = signal
    self.thresholds = thresholds
    self.arms = arms
    self.estimator = estimator
  }
}

/// What tells queries apart.
public enum SignalSpecification: Hashable, Sendable {
  case promptLength
  case difficulty
  /// A declared column of numbers, by position.
  case column(Int)
}

/// How well difficulty is known before the answer, and what knowing it takes.
public struct EstimatorSpecification: Hashable, Sendable {
  public enum Quality: Hashable, Sendable {
    /// Correlation of estimate and difficulty, both on the normal scale.
    case correlation(Double)
    /// Area under the ROC curve of telling the harder half of the queries from the easier half.
    case medianSplitAUC(Double)
    /// The rank of the prompt's length among those of its task.
    case promptLength
    /// A declared column of numbers between 0 and 1, by position.
    case column(Int)
    /// The truth: a bound, not a product.
    case oracle
  }

  public var quality: Quality
  /// Of one estimate; nil where nobody says.
  public var cost: DecisionCost?

  public init(_ quality: Quality, cost: DecisionCost? = nil) {
    self.quality = quality
    self.cost = cost
  }

  public static func correlation(_ correlation: Double) -> Self { Self(.correlation(correlation)) }
}

/// What one decision takes.
public struct DecisionCost: Hashable, Sendable {
  /// By which a request comes later to its replica.
  public var time: SimDuration
  public var joules: Double

  public init(time: SimDuration, joules: Double) {
    self.time = time
    self.joules = joules
  }

  static func + (a: Self, b: Self) -> Self {
    Self(time: a.time + b.time, joules: a.joules + b.joules)
  }
}
