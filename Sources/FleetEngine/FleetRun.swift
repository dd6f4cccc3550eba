internal import AnswerModels
internal import DeviceModels
internal import NumericalMethods
internal import Quantities
internal import Workloads

/// A run in progress: the fleet, what is in flight, and what has been measured.
///
/// Order of events at one instant: arrivals, then ends of iterations by replica index, then new
/// iterations, by replica index. An arrival can therefore join an iteration that starts at the
/// same instant, and a policy sees the fleet as of before that instant's ends.
struct FleetRun {
  let fleet: FleetConfiguration
  let answers: any AnswerModel
  let estimator: (any DifficultyEstimator)?
  var policy: any ServingPolicy
  var source: any QuerySource

  var replicas: [Replica]
  var views: [ReplicaView]
  let replicasByArm: [[Int]]
  var requests = RequestTable()
  var queue: IterationQueue
  /// By replica: no iteration is in progress, and none is about to follow one that has ended.
  var isIdle: [Bool]
  /// Replicas that form an iteration before time goes on, in the order of their events.
  var forming: [Int] = []

  var tally = RunTally()
  var series: FleetPowerSeries
  var result = RunResult()
  var endedEnergy = Energy.zero
  var windowOpening: WindowSnapshot
  var windowClosing: WindowSnapshot?
  /// Closed loop: requests of the first round that have not ended.
  var firstRoundLeft = 0
  var sourceIsDry = false
  var rejectedCount = 0

  init(
    fleet: FleetConfiguration, answers: any AnswerModel, estimator: (any DifficultyEstimator)?,
    policy: any ServingPolicy, source: any QuerySource
  ) {
    self.fleet = fleet
    self.answers = answers
    self.estimator = estimator
    self.policy = policy
    self.source = source
    var replicas: [Replica] = []
    var ranges: [Range<Int>] = []
    for (index, pool) in fleet.pools.enumerated() {
      let start = replicas.count
      for _ in 0..<pool.replicaCount { replicas.append(Replica(pool: index, configuration: pool)) }
      ranges.append(start..<replicas.count)
    }
    self.replicas = replicas
    views = replicas.map(\.view)
    isIdle = Array(repeating: true, count: replicas.count)
    replicasByArm = fleet.arms.map { arm in arm.pools.flatMap { Array(ranges[$0]) } }
    queue = IterationQueue(replicaCount: max(1, replicas.count))
    series = FleetPowerSeries(interval: fleet.seriesInterval, poolCount: fleet.pools.count)
    windowOpening = WindowSnapshot(poolCount: fleet.pools.count)
    result.completedByArm = Array(repeating: 0, count: fleet.arms.count)
    for replica in replicas {
      series.changeIdlePower(of: replica.pool, by: replica.idlePower, at: .zero)
    }
  }

  /// Starts the iterations that can start at `now`.
  mutating func formIterations(at now: SimTime) {
    forming.sort()
    var previous = -1
    for index in forming where index != previous {
      previous = index
      let wasIdle = isIdle[index]
      let iteration = replicas[index].beginIteration(
        at: now, fromIdle: wasIdle, &requests, &tally)
      views[index] = replicas[index].view
      let pool = replicas[index].pool
      let idlePower = replicas[index].idlePower
      if let iteration {
        queue.set(index, to: iteration.end)
        series.add(iteration, pool: pool)
        isIdle[index] = false
        if wasIdle { series.changeIdlePower(of: pool, by: .zero - idlePower, at: now) }
      } else if !wasIdle {
        series.changeIdlePower(of: pool, by: idlePower, at: now)
        isIdle[index] = true
      }
    }
    forming.removeAll(keepingCapacity: true)
  }
}
