public import AnswerModels
public import FleetEngine
public import Workloads

/// One run, ready to start: a policy on a fleet against a stream of queries.
///
/// Each call of a `make…` closure gives a fresh policy or source, so that a prepared run can be
/// started any number of times, on any thread, with the same result.
public struct PreparedRun: Sendable {
  public var policyName: String
  public var fleet: FleetConfiguration
  public var answers: any AnswerModel
  /// What the policy knows of difficulty; nil if it asks for nothing.
  public var estimator: (any DifficultyEstimator)?
  public var makePolicy: @Sendable () -> any ServingPolicy
  public var makeSource: @Sendable () throws -> any QuerySource
  /// Who tells a policy that learns right from wrong.
  public var judge: Judge?
  /// What a decision takes; nil where nobody says.
  public var decisionCost: DecisionCost?
  /// Whether the policy looks at queries as if that took nothing.
  public var assumesFreeDecisions = false
  /// Whether the policy knows what nobody can know before the answer.
  public var isBound = false
  /// Requests that the source will yield, where known beforehand: for progress only.
  public var expectedRequests: Int?

  public init(
    policyName: String, fleet: FleetConfiguration, answers: any AnswerModel,
    estimator: (any DifficultyEstimator)?,
    makePolicy: @escaping @Sendable () -> any ServingPolicy,
    makeSource: @escaping @Sendable () throws -> any QuerySource, expectedRequests: Int?
  ) {
    self.policyName = policyName
    self.fleet = fleet
    self.answers = answers
    self.estimator = estimator
    self.makePolicy = makePolicy
    self.makeSource = makeSource
    self.expectedRequests = expectedRequests
  }
}
