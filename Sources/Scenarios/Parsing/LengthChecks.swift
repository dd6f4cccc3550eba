internal import FleetEngine
internal import Quantities
internal import Workloads

/// Whether a run is long enough to be measured and short enough to be simulated.
extension Scenario {
  /// Points at `workload`, or at the `measurement` where the scenario has one.
  func checkLength(workload: YAMLValue, measurement: YAMLValue?) throws {
    try checkClosedLoop(at: workload)
    try checkDuration(at: workload, measurement)
  }

  /// A closed loop measures from when every slot has turned over: it needs requests for that, in
  /// the runs of single arms that `compare` adds too.
  private func checkClosedLoop(at value: YAMLValue) throws {
    guard case .synthetic(let synthetic) = workload,
      case .closedLoop(let concurrency) = synthetic.arrivals,
      let requests = synthetic.requestCount
    else { return }
    let runs = try preparedRuns() + arms.indices.map(prepareFixedArm)
    let replicas = runs.map { $0.fleet.pools.reduce(0) { $0 + $1.replicaCount } }.max() ?? 0
    let least = 2 * concurrency * replicas
    guard requests < least else { return }
    try value.mapping { yaml in
      throw try yaml["requests"].isNot(
        "at least \(least): twice the requests in flight (concurrency × replicas)")
    }
  }

  private func checkDuration(at value: YAMLValue, _ measurement: YAMLValue?) throws {
    guard let seconds = try workload.length?.expectedSeconds else { return }
    guard seconds <= SyntheticSource.longestSeconds else {
      throw value.error(
        "the queries would take more than 100 years to arrive",
        expected: "a higher rate, fewer requests, or a duration")
    }
    let interval = self.measurement.seriesInterval
    guard seconds <= interval.seconds * Double(BoundedSource.mostIntervals) else {
      let error = BoundedSource.tooLong("the last query arrives", seconds, interval)
      throw (measurement ?? value).error(error.problem, expected: error.expectation)
    }
  }
}

extension WorkloadSpecification {
  /// Of what the scenario draws itself; nil for a trace.
  fileprivate var length: StreamLength? {
    switch self {
    case .synthetic(let synthetic): synthetic.length
    case .sessions(let sessions): sessions.length
    case .trace: nil
    }
  }
}
