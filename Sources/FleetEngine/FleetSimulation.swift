public import AnswerModels
public import Workloads

/// One run of one policy on one fleet.
///
/// Knows replicas, queues, batches, KV blocks, time and energy; knows nothing of files, wall
/// clocks, printing or the command line.
public struct FleetSimulation: ~Copyable {
  let fleet: FleetConfiguration
  let answers: any AnswerModel
  let estimator: (any DifficultyEstimator)?
  var policy: any ServingPolicy

  public init(
    fleet: FleetConfiguration, answers: any AnswerModel,
    estimator: (any DifficultyEstimator)? = nil, policy: any ServingPolicy
  ) {
    self.fleet = fleet
    self.answers = answers
    self.estimator = estimator
    self.policy = policy
  }

  /// Runs until every request has ended, and returns what was measured.
  ///
  /// Rethrows what `source` throws.
  public consuming func run(
    _ source: consuming any QuerySource, observer: inout some RunObserver
  ) throws -> RunResult {
    RunResult()
  }
}
