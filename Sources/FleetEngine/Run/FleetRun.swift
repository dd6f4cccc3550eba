internal import AnswerModels
internal import DeviceModels
internal import NumericalMethods
internal import Quantities
internal import Workloads

/// A run in progress: the fleet, what is in flight, and what has been measured.
///
/// Order of events at one instant: arrivals, then requests that are given up, then ends of
/// iterations by replica index, each with the arrivals that it lets come at once, then new
/// iterations, by replica index. An arrival can therefore join an iteration that starts at the
/// same instant. A policy sees the ends that took effect before it is asked.
struct FleetRun: ~Copyable {
  let fleet: FleetConfiguration
  let answers: any AnswerModel
  let estimator: (any DifficultyEstimator)?
  /// Whether there is one: looking at it copies it.
  let hasEstimator: Bool
  /// By arm: whether it has a course.
  let hasCourse: [Bool]
  var depth: (any DepthController)?
  var policy: any ServingPolicy
  /// Whether the policy is told how requests end, and whether it decides by the truth.
  let learns: Bool
  let isBound: Bool
  var feedback: FeedbackQueue
  /// Whether the observer is told of every stretch.
  var followsStretches = false

  var arrivals: ArrivalQueue
  var pools = Slab<PoolState>()
  let replicas: ReplicaStore
  /// What policies see.
  var view: FleetView
  var requests = RequestTable()
  var queue: IterationQueue
  /// When requests in flight are going to be given up; some will have ended by then.
  var deadlines = Deadlines()
  var repeats = RepeatFinder()
  /// KV blocks of all replicas.
  let kvBlockCount: Int
  /// By replica: no iteration is in progress, and none is about to follow one that has ended.
  var isIdle: [Bool]
  /// Replicas that form an iteration before time goes on, in the order of their events.
  var forming = Slab<Int32>()
  /// The highest index of a replica whose iterations have ended at this instant, or -1.
  var lastEnded = -1
  /// Requests that leave their replica at its next boundary.
  var leaving = 0
  /// Attempts in flight beyond the first of each query.
  var siblings = 0

  var tally = RunTally()
  var series: FleetPowerSeries
  var result = RunResult()
  var endedEnergy = Energy.zero
  var window: WindowState
  /// Closed loop: requests of the first round that have not ended.
  var firstRoundLeft = 0
  var completedCount = 0
  var rejectedCount = 0
  var givenUpCount = 0

  init(
    fleet: FleetConfiguration, answers: any AnswerModel, estimator: (any DifficultyEstimator)?,
    policy: any ServingPolicy, depth: (any DepthController)?, judge: Judge? = nil,
    source: any QuerySource
  ) {
    self.fleet = fleet
    self.answers = answers
    self.estimator = estimator
    hasEstimator = estimator != nil
    hasCourse = fleet.arms.map { $0.course != nil }
    self.depth = depth
    self.policy = policy
    learns = policy.learns
    isBound = policy is any BoundPolicy
    feedback = FeedbackQueue(judge)
    arrivals = ArrivalQueue(source, fleet.arrivals)
    replicas = ReplicaStore(fleet.pools)
    var ranges: [Range<Int>] = []
    for pool in fleet.pools {
      let start = ranges.last?.upperBound ?? 0
      ranges.append(start..<start + pool.replicaCount)
      pools.append(PoolState(pool))
    }
    isIdle = Array(repeating: true, count: replicas.count)
    kvBlockCount = fleet.pools.reduce(0) {
      $0 + $1.replicaCount * $1.limits.kvBlockCount
    }
    view = FleetView(
      now: .zero, replicas: FleetReplicas(replicas),
      replicasByArm: fleet.arms.map { arm in ReplicaSet(ranges: arm.pools.map { ranges[$0] }) },
      furtherReplicasByArm: fleet.arms.map { arm in
        (arm.course?.furtherPools ?? []).map { pools in
          ReplicaSet(ranges: pools.map { ranges[$0] })
        }
      },
      curves: PoolCurves(fleet.pools))
    queue = IterationQueue(replicaCount: max(1, replicas.count))
    series = FleetPowerSeries(interval: fleet.seriesInterval, poolCount: fleet.pools.count)
    window = WindowState(fleet.window, poolCount: fleet.pools.count)
    result.completedByArm = Array(repeating: 0, count: fleet.arms.count)
    result.unalignedPrefixesByPool = fleet.pools.map { _ in UnalignedPrefixes() }
    for index in 0..<replicas.count {
      series.changeIdlePower(
        of: replicas[index].pool, by: replicas[index].idlePower, at: .zero)
    }
  }

  /// Starts the iterations that can start at `now`.
  mutating func formIterations(at now: SimTime) {
    if forming.count > 1 { forming.sort() }
    var previous: Int32 = -1
    for position in 0..<forming.count where forming[position] != previous {
      previous = forming[position]
      form(Int(previous), at: now)
    }
    forming.truncate(to: 0)
  }

  private mutating func form(_ index: Int, at now: SimTime) {
    let pool = replicas[index].pool
    let started = replicas[index].form(at: now, &pools[pool], &requests, &tally)
    replicas.noteLoad(of: index)
    let wasIdle = isIdle[index]
    if started {
      queue.set(index, to: replicas[index].stretchEnd)
      replicas.prefetchDue(of: queue.first, requests)
      guard wasIdle else { return }
      replicas[index].meter.begin(at: now)
    } else {
      queue.set(index, to: .never)
      guard !wasIdle else { return }
    }
    let power = replicas[index].idlePower
    series.changeIdlePower(of: pool, by: started ? .zero - power : power, at: now)
    isIdle[index] = !started
  }

  /// Ends the stretch in progress on `replica` at `now`, and the requests that end with it.
  mutating func endStretch(
    on replica: Int, at now: SimTime, observer: inout some RunObserver
  ) throws {
    let pool = replicas[replica].pool
    series.add(quanta: replicas[replica].unbookedQuanta, pool: pool)
    let dropsGivenUp = leaving > 0 && takeGivenUpInTurn(of: replica)
    lastEnded = max(lastEnded, replica)
    if followsStretches {
      observer.stretchEnded(StretchRecord(replicas[replica].stretch, replica: replica))
    }
    replicas[replica].endStretch(
      pools[pool], &requests, &tally, answers: answers, dropsGivenUp: dropsGivenUp)
    replicas.noteLoad(of: replica)
    queue.finish(replica)
    replicas.prefetchReplica(queue.first)
    forming.append(Int32(replica))
    if requests.courses.checkpoints.count > 0 { askDepth(on: replica, at: now) }
    if requests.courses.stopping.count > 0 { stopSiblings(at: now) }
    guard requests.ended.count > 0 else { return }
    try recordEnded(at: now, observer: &observer)
  }

  /// Books what all replicas have drawn and put out up to `now`, a bound of the window.
  mutating func bookProgress(at now: SimTime) {
    for index in 0..<replicas.count where replicas[index].stretch.isInProgress {
      let (quanta, _) = replicas[index].bookSeries(&tally, by: now)
      series.add(quanta: quanta, pool: replicas[index].pool)
      replicas[index].book(&tally, by: now)
    }
  }
}
