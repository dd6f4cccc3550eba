/// A policy that the scenario declares. Arms are indices into the scenario's list.
public struct PolicySpecification: Sendable {
  public var name: String
  public var choice: ArmChoiceSpecification
  public var route: RouteSpecification
  /// Whether pools that none of its arms uses are deployed all the same, idle.
  public var deploysEveryPool: Bool
  /// The scenario's pools with engines as this policy wants them; nil where they are as the fleet
  /// says.
  public var pools: [PoolSpecification]?
  /// The policy of the file that a sweep made it of; nil where it stands for itself.
  public var family: String?
}

/// Which arm a query gets.
public enum ArmChoiceSpecification: Hashable, Sendable {
  case fixed(arm: Int)
  /// `below` for prompts shorter than `at` tokens, else `above`.
  case promptLength(at: Int, below: Int, above: Int)
  /// `below` where the estimate of difficulty is less than `at`, else `above`.
  case difficulty(at: Double, below: Int, above: Int, estimator: EstimatorSpecification)

  /// The arms that it can choose, each once.
  public var arms: [Int] {
    switch self {
    case .fixed(let arm): [arm]
    case .promptLength(_, let below, let above), .difficulty(_, let below, let above, _):
      below == above ? [below] : [below, above]
    }
  }
}

/// How well difficulty is known before the answer.
public enum EstimatorSpecification: Hashable, Sendable {
  /// Correlation of estimate and difficulty, both on the normal scale.
  case correlation(Double)
  /// Area under the ROC curve of telling the harder half of the queries from the easier half.
  case medianSplitAUC(Double)
  /// The truth: a bound, not a product.
  case oracle
}

/// Which replica of the arm a query gets.
public enum RouteSpecification: String, CaseIterable, Sendable {
  case leastLoaded = "least-loaded"
  case roundRobin = "round-robin"
  case sessionAffinity = "session-affinity"

  public var summary: String {
    switch self {
    case .leastLoaded: "the replica that owes the fewest answers, running work included"
    case .roundRobin: "each replica in its turn, whatever its load"
    case .sessionAffinity:
      "the replica that served the session's last turn, else the least loaded"
    }
  }
}

/// One line of a listing of what policies are made of.
public struct PolicyForm: Hashable, Sendable {
  public let name: String
  /// As a scenario writes it.
  public let usage: String
  public let summary: String

  /// Every way to choose an arm, then every way to choose a replica.
  public static let all: [PolicyForm] =
    [
      PolicyForm(
        name: "fixed arm", usage: "choose: {arm: NAME}",
        summary: "always the same arm"),
      PolicyForm(
        name: "prompt-length",
        usage: "choose: {threshold: prompt-length, at: 400, below: A, above: B}",
        summary: "one arm for short prompts, another for long ones"),
      PolicyForm(
        name: "difficulty",
        usage: "choose: {threshold: difficulty, at: 0.6, below: A, above: B, "
          + "estimator: {correlation: 0.7}}",
        summary: "one arm for queries that look easy, another for those that look hard"),
    ]
    + RouteSpecification.allCases.map {
      PolicyForm(name: $0.rawValue, usage: "route: \($0.rawValue)", summary: $0.summary)
    }
}
