public import AnswerModels
internal import Quantities
public import Workloads

/// One run of one policy on one fleet.
///
/// Knows replicas, queues, batches, KV blocks, time and energy; knows nothing of files, wall
/// clocks, printing or the command line.
public struct FleetSimulation: ~Copyable {
  private let fleet: FleetConfiguration
  private let answers: any AnswerModel
  private let estimator: (any DifficultyEstimator)?
  private let policy: any ServingPolicy

  public init(
    fleet: FleetConfiguration, answers: any AnswerModel,
    estimator: (any DifficultyEstimator)? = nil, policy: any ServingPolicy
  ) {
    self.fleet = fleet
    self.answers = answers
    self.estimator = estimator
    self.policy = policy
  }

  /// Runs until every request has ended, audits the books, and returns what was measured.
  ///
  /// Rethrows what `source` throws; throws `PolicyError` where the policy decides for what is not
  /// there, and `ConservationError` where the books do not balance.
  public consuming func run(
    _ source: any QuerySource, observer: inout some RunObserver
  ) throws -> RunResult {
    var run = FleetRun(
      fleet: fleet, answers: answers, estimator: estimator, policy: policy, source: source)
    if fleet.window == .wholeRun { run.openWindow(at: .zero) }
    let end = try run.runToEnd(observer: &observer)
    try run.accounts(at: end).audit()
    return run.measured(at: end)
  }
}

extension FleetRun {
  /// Handles event after event until none is left; returns the time of the last.
  mutating func runToEnd(observer: inout some RunObserver) throws -> SimTime {
    var now = SimTime.zero
    var nextQuery: Query?
    if case .closedLoop(let concurrency) = fleet.arrivals {
      try issueFirstRound(concurrencyPerReplica: concurrency, observer: &observer)
    } else {
      nextQuery = try source.next()
    }
    while true {
      let arrival = nextQuery?.arrival ?? .never
      let next = min(arrival, queue.firstTime)
      if next > now, !forming.isEmpty {
        formIterations(at: now)
        continue
      }
      guard next < .never else { break }
      passBounds(before: next, observer: &observer)
      now = next
      if arrival <= queue.firstTime, let query = nextQuery {
        try arrive(query, at: now, observer: &observer)
        nextQuery = try source.next()
      } else {
        try endIteration(on: queue.first, at: now, observer: &observer)
      }
    }
    passBounds(before: now, observer: &observer)
    closeWindow(at: now)
    if series.start < now { endInterval(at: now, observer: &observer) }
    return now
  }
}
