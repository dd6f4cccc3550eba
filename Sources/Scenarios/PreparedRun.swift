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
  /// Decides how long chains of reasoning become; nil where all run to their end.
  public var makeDepth: (@Sendable () -> any DepthController)?
  public var makeSource: @Sendable () throws -> any QuerySource
  /// Requests that the source will yield, where known beforehand: for progress only.
  public var expectedRequests: Int?

  public init(
    policyName: String, fleet: FleetConfiguration, answers: any AnswerModel,
    estimator: (any DifficultyEstimator)?,
    makePolicy: @escaping @Sendable () -> any ServingPolicy,
    makeDepth: (@Sendable () -> any DepthController)? = nil,
    makeSource: @escaping @Sendable () throws -> any QuerySource, expectedRequests: Int?
  ) {
    self.policyName = policyName
    self.fleet = fleet
    self.answers = answers
    self.estimator = estimator
    self.makePolicy = makePolicy
    self.makeDepth = makeDepth
    self.makeSource = makeSource
    self.expectedRequests = expectedRequests
  }
}
