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
  private let depth: (any DepthController)?
  private let judge: Judge?

  /// `depth` is asked about the chains of arms that have checkpoints; without it they run to their
  /// end. `judge` tells a policy that learns of right and wrong; without one nobody does.
  public init(
    fleet: FleetConfiguration, answers: any AnswerModel,
    estimator: (any DifficultyEstimator)? = nil, policy: any ServingPolicy,
    depth: (any DepthController)? = nil, judge: Judge? = nil
  ) {
    self.fleet = fleet
    self.answers = answers
    self.estimator = estimator
    self.policy = policy
    self.depth = depth
    self.judge = judge
  }

  /// Runs until every request has ended, audits the books, and returns what was measured.
  ///
  /// Rethrows what `source` throws; throws `ConfigurationError` where the fleet cannot be
  /// simulated, `QueryError` where a query breaks the contract of sources, `PolicyError` where the
  /// policy decides for what is not there, and `ConservationError` where the books do not balance.
  public consuming func run(
    _ source: any QuerySource, observer: inout some RunObserver
  ) throws -> RunResult {
    try fleet.validate()
    var run = FleetRun(
      fleet: fleet, answers: answers, estimator: estimator, policy: policy, depth: depth,
      judge: judge,
      source: source)
    if fleet.window == .wholeRun { run.openWindow(at: .zero) }
    run.followsStretches = observer.followsStretches
    let end = try run.runToEnd(observer: &observer)
    try run.accounts(at: end).audit()
    return run.measured(at: end)
  }
}

extension FleetRun {
  /// Handles event after event until none is left; returns the time of the last.
  mutating func runToEnd(observer: inout some RunObserver) throws -> SimTime {
    var now = SimTime.zero
    if case .between(.zero, _) = fleet.window { openWindow(at: .zero) }
    if case .closedLoop(let concurrency) = fleet.arrivals {
      try issueFirstRound(concurrencyPerReplica: concurrency, observer: &observer)
    } else {
      try arrivals.start()
    }
    while true {
      let arrival = arrivals.nextTime(inFlight: requests.count - siblings, now: now)
      let givingUp = deadlines.isEmpty ? SimTime.never : deadlines.nextTime(requests)
      let next = min(arrival, givingUp, queue.firstTime)
      if next > now {
        if forming.count > 0 {
          if try !dropGivenUp(at: now, observer: &observer) { formIterations(at: now) }
          continue
        }
        guard next < .never else { break }
        if hasBound(before: next) { passBounds(at: now, before: next, observer: &observer) }
        now = next
        lastEnded = -1
      }
      if arrival == next {
        if var query = arrivals.next() {
          query.arrival = now
          try arrive(query, at: now, observer: &observer)
        }
        try arrivals.refill()
      } else if givingUp == next {
        if let event = deadlines.popFirst() { giveUp(event) }
      } else {
        try endStretch(on: queue.first, at: now, observer: &observer)
      }
    }
    passBounds(at: now, before: now, observer: &observer)
    closeWindow(at: now)
    if series.start < now { endInterval(at: now, observer: &observer) }
    return now
  }
}
