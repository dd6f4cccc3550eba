internal import DeviceModels
internal import FleetEngine
internal import Quantities

/// An arm that a joint router may choose, and the parallel samples that it runs.
public struct JointArm: Hashable, Sendable {
  public var arm: Int
  public var samples: Int

  public init(arm: Int, samples: Int) {
    self.arm = arm
    self.samples = samples
  }
}

/// What one arm on one replica would be for one request, now.
struct JointOption {
  /// Position among the router's arms.
  var entry: Int
  var replica: Int
  /// Chance of a right answer.
  var accuracy: Double
  /// What the fleet would draw more.
  var joules: Double
  /// What the request's own account would show, by the projection alone.
  var attributedJoules: Double
  /// The same with what was learned.
  var expectedJoules: Double
  var meetsObjective: Bool
  /// Expected, of all samples.
  var outputTokens: Double
}

/// Weighs arms and replicas together.
///
/// Without a choice of replica of its own it looks, for each arm and pool, at the replica that is
/// the busiest of those with room and at the least loaded: what a further row costs falls with the
/// load, how long it takes rises with it. Deciding allocates nothing but what a `replica` does,
/// once as many requests have been in flight as ever are.
struct JointSelection: Sendable {
  let arms: [JointArm]
  let objective: ServiceLevelObjective
  /// Chooses among the replicas of one arm. Only the choice that is taken is remembered.
  private var replica: (any ReplicaChoice)?
  private let memory: RouterMemory
  private var record: JouleRecord
  private var load = RouterLoad(replicaCount: 0)
  /// Of the request at hand; kept for its memory.
  private var options: [JointOption] = []
  /// By arm, the first that the same replicas serve: the choice among them is shared.
  private var firstAlike: [Int] = []
  /// By arm, the replica that `replica` would choose for the request at hand.
  private var chosen: [Int] = []

  init(
    arms: [JointArm], objective: ServiceLevelObjective, replica: (any ReplicaChoice)?,
    armCount: Int, memory: RouterMemory
  ) {
    self.arms = arms
    self.objective = objective
    self.replica = replica
    self.memory = memory
    record = JouleRecord(armCount: armCount, memory: memory)
  }

  /// The option of the highest value for a request; nil where the fleet serves no arm.
  ///
  /// `prospect` is what to expect of an arm, by its index in the scenario; `price` is asked for
  /// lambda once the options are known.
  mutating func best(
    for request: RequestView, in fleet: FleetView, _ prospect: (Int) -> Prospect,
    price: ([JointOption]) -> Double
  ) -> JointOption? {
    if firstAlike.isEmpty { begin(fleet) }
    load.came(request.arrival, memory: memory.requests)
    weigh(request, fleet, prospect)
    return Self.best(options, lambda: options.isEmpty ? 0 : price(options))
  }

  /// Requests that have come.
  var requestCount: Int { load.requestCount }

  /// What there is to choose from.
  mutating func options(
    for request: RequestView, in fleet: FleetView, _ prospect: (Int) -> Prospect
  ) -> [JointOption] {
    weigh(request, fleet, prospect)
    return options
  }

  /// The option of the highest value, accuracy less `lambda` times joules, among those that meet
  /// the objective; among all where none does. Nil where there is none.
  static func best(_ options: [JointOption], lambda: Double) -> JointOption? {
    let isFeasible = options.contains(where: \.meetsObjective)
    var best: JointOption?
    var highest = -Double.infinity
    for option in options where option.meetsObjective || !isFeasible {
      let value = option.accuracy - lambda * option.joules
      if value > highest { (best, highest) = (option, value) }
    }
    return best
  }

  private mutating func weigh(
    _ request: RequestView, _ fleet: FleetView, _ prospect: (Int) -> Prospect
  ) {
    if firstAlike.isEmpty { begin(fleet) }
    options.removeAll(keepingCapacity: true)
    for (entry, arm) in arms.enumerated() {
      let candidates = fleet.replicasByArm[arm.arm]
      guard !candidates.isEmpty else { continue }
      let prospect = prospect(arm.arm)
      if var choice = replica {
        if firstAlike[entry] == entry {
          chosen[entry] = choice.choose(for: request, among: candidates, in: fleet)
        }
        add(entry, chosen[firstAlike[entry]], request, prospect, fleet)
      } else {
        for pool in candidates.ranges { look(at: pool, entry, request, prospect, fleet) }
      }
    }
  }

  private mutating func begin(_ fleet: FleetView) {
    let candidates = arms.map { fleet.replicasByArm[$0.arm] }
    firstAlike = candidates.map { candidates.firstIndex(of: $0) ?? 0 }
    chosen = Array(repeating: -1, count: arms.count)
    load = RouterLoad(replicaCount: fleet.replicas.count)
    options.reserveCapacity(candidates.reduce(0) { $0 + max(1, 2 * $1.ranges.count) })
  }

  private mutating func look(
    at pool: Range<Int>, _ entry: Int, _ request: RequestView, _ prospect: Prospect,
    _ fleet: FleetView
  ) {
    let least = fleet.replicas.leastLoaded(in: pool, above: -1)?.replica ?? pool.lowerBound
    let limits = fleet.limits(ofReplica: pool.lowerBound)
    let room = limits.batchRowLimit - arms[entry].samples
    if let busiest = fleet.replicas.mostLoaded(in: pool, atMost: room), busiest.replica != least,
      hasMemory(fleet.replicas[busiest.replica], limits, request, prospect)
    {
      add(entry, busiest.replica, request, prospect, fleet)
    }
    add(entry, least, request, prospect, fleet)
  }

  /// Whether the KV cache has room for the whole request beside what is in it now.
  private func hasMemory(
    _ view: ReplicaView, _ limits: EngineLimits, _ request: RequestView, _ prospect: Prospect
  ) -> Bool {
    let tokens =
      Double(request.promptTokens) + prospect.furtherPromptTokens + prospect.outputTokens
    let blocks = tokens / Double(limits.tokensPerBlock)
    return Double(view.kvBlocksUsed) + blocks <= Double(limits.kvBlockCount)
  }

  private mutating func add(
    _ entry: Int, _ replica: Int, _ request: RequestView, _ prospect: Prospect,
    _ fleet: FleetView
  ) {
    let projection = Projection(fleet, replica: replica)
    let view = fleet.replicas[replica]
    let work = ProjectedWork(request, prospect, samples: arms[entry].samples)
    let ratio = record.ratio(task: request.task, arm: arms[entry].arm)
    let beside = load.rowsBeside(
      replica, load: view.load, tokensPerSample: work.tokensPerSample)
    let joules = projection.joules(
      work, load: view.load, rowsBeside: beside, rate: load.rate)
    options.append(
      JointOption(
        entry: entry, replica: replica, accuracy: prospect.accuracy,
        joules: ratio * joules.marginal, attributedJoules: joules.attributed,
        expectedJoules: ratio * joules.attributed,
        meetsObjective: objective.isEmpty || projection.meets(objective, work, view),
        outputTokens: prospect.outputTokens))
  }

  /// The option was taken: the choice of replica remembers it, and so does the record.
  mutating func take(_ option: JointOption, for request: RequestView, in fleet: FleetView) {
    let (arm, samples) = (arms[option.entry].arm, arms[option.entry].samples)
    load.began(option.replica, samples: samples, outputTokens: option.outputTokens)
    _ = replica?.choose(for: request, among: fleet.replicasByArm[arm], in: fleet)
    record.began(request.id, projected: option.attributedJoules)
  }

  /// A request of the router's own has left the fleet, from which so many tokens were expected.
  mutating func requestEnded(_ ended: EndedRequest, outputTokens: Double) {
    let samples = arms.first { $0.arm == ended.arm }?.samples ?? 1
    load.ended(ended.replica, samples: samples, outputTokens: outputTokens)
    record.ended(
      ended.request.id, task: ended.request.task, arm: ended.arm,
      joules: ended.outcome == .completed ? ended.joules : nil)
  }
}
