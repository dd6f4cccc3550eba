internal import AnswerModels
internal import DeviceModels
public import FleetEngine
internal import Quantities
internal import Workloads

/// Runs ready to start.
extension Scenario {
  /// The run of a declared policy, by index.
  public func prepare(policy index: Int) throws -> PreparedRun {
    let policy = policies[index]
    return try prepare(policy)
  }

  /// One run for each declared policy, in their order.
  public func preparedRuns() throws -> [PreparedRun] { try policies.map(prepare) }

  /// Indices of the declared policies of these names, or of all where none is named.
  public func policyIndices(named names: [String]) throws(InputError) -> [Int] {
    let known = policies.map(\.name)
    guard !names.isEmpty else { return Array(policies.indices) }
    var indices: [Int] = []
    for name in names.unique {
      guard let index = known.firstIndex(of: name) else {
        throw InputError(
          problem: "no policy is called \"\(name)\"", expectation: InputError.oneOf(known),
          suggestion: NearestName.to(name, among: known))
      }
      indices.append(index)
    }
    return indices
  }

  /// The run that gives every query the same arm, on its least loaded replica.
  public func prepareFixedArm(_ arm: Int) throws -> PreparedRun {
    try prepare(
      PolicySpecification(
        name: Self.fixedArmRunName(arms[arm].name), choice: .fixed(arm: arm), route: .leastLoaded,
        deploysEveryPool: false))
  }

  /// The run of a policy of one's own, which may choose the arms of these indices.
  ///
  /// `makePolicy` gives a fresh one for each run; `estimator` is what it knows of difficulty, and
  /// `cost` what a decision takes, nil for nothing. `judge` tells one that learns of right and
  /// wrong.
  public func prepare(
    name: String, arms chosen: [Int], estimator: EstimatorSpecification? = nil,
    cost: DecisionCost? = nil, judge: Judge? = nil,
    makePolicy: @escaping @Sendable () -> any ServingPolicy
  ) throws -> PreparedRun {
    let models = Set(chosen.map { arms[$0].modelName })
    let total = [cost, estimator?.cost].compactMap(\.self)
    let delay = total.reduce(SimDuration.zero) { $0 + $1.time }
    var run = PreparedRun(
      policyName: name, fleet: fleet(pools.filter { models.contains($0.modelName) }),
      answers: answers, estimator: try estimator.map { try makeEstimator($0, seed: seed) },
      makePolicy: makePolicy,
      makeSource: {
        let source = try makeSource()
        return delay > .zero ? DecidedSource(source, delay: delay) : source
      }, expectedRequests: expectedRequests)
    run.judge = judge
    run.decisionCost =
      total.isEmpty ? nil : total.reduce(DecisionCost(time: .zero, joules: 0), +)
    run.assumesFreeDecisions = total.isEmpty
    return run
  }

  private func prepare(_ policy: PolicySpecification) throws -> PreparedRun {
    let models = Set(
      policy.choice.arms.flatMap { arm in
        [arms[arm].modelName] + arms[arm].strategy.furtherModels.map(\.name)
      })
    let deployed = (policy.pools ?? pools)
      .filter { policy.deploysEveryPool || models.contains($0.modelName) }
    let cost = policy.decisionCost
    let speed = ProcessSpeed()
    let makeSource = decidedSource(of: policy)
    var run = PreparedRun(
      policyName: policy.name, fleet: fleet(deployed), answers: answers,
      estimator: try policy.choice.estimator.map { try makeEstimator($0, seed: seed) },
      makePolicy: try maker(of: policy, speed: speed, makeSource: makeSource),
      makeDepth: depthMaker(for: policy.choice.arms),
      makeSource: makeSource, expectedRequests: expectedRequests)
    if case .process = policy.choice { run.processSpeed = speed }
    run.judge = policy.choice.judge?.judge(seed: seed)
    run.decisionCost = cost
    run.assumesFreeDecisions = policy.decides && cost == nil
    run.isBound = policy.choice.isBound
    return run
  }

  /// The stream as it comes to the fleet once the policy has taken its time.
  private func decidedSource(
    of policy: PolicySpecification
  ) -> @Sendable () throws -> any QuerySource {
    let delay = policy.decisionCost?.time ?? .zero
    var window: SimDuration?
    if case .process(let process) = policy.choice, case .window(let width) = process.mode {
      window = width
    }
    return { [self, window] in
      var source = try makeSource()
      if let window { source = WindowedSource(source, window: window) }
      return delay > .zero ? DecidedSource(source, delay: delay) : source
    }
  }

  /// `deployed` are the pools whose model serves an arm that the policy can choose, or all.
  private func fleet(_ deployed: [PoolSpecification]) -> FleetConfiguration {
    FleetConfiguration(
      pools: deployed.map { $0.configuration(within: surroundings, seed: seed) },
      arms: arms.map { arm in
        func pools(of model: String) -> [Int] {
          deployed.indices.filter { deployed[$0].modelName == model }
        }
        return ArmConfiguration(
          name: arm.name, pools: pools(of: arm.modelName), samples: arm.strategy.samples,
          course: arm.strategy.course { pools(of: $0) })
      },
      seed: seed, arrivals: arrivalMode, window: window,
      seriesInterval: measurement.seriesInterval, objective: objective)
  }

  private var arrivalMode: ArrivalMode {
    guard case .synthetic(let synthetic) = workload,
      case .closedLoop(let concurrency) = synthetic.arrivals
    else { return maxConcurrency.map { .capped(concurrency: $0) } ?? .open }
    return .closedLoop(concurrencyPerReplica: concurrency)
  }

  private var window: MeasurementWindow {
    if case .closedLoop = arrivalMode { return .steadyState }
    guard let until = measurement.until else { return .wholeRun }
    return .between(.zero + (measurement.warmup ?? .zero), .zero + until)
  }
}

extension Strategy {
  /// Where the engine serves it beyond one attempt; nil where there is one.
  fileprivate func course(pools: (_ model: String) -> [Int]) -> ArmCourse? {
    guard hasCourse else { return nil }
    var course = ArmCourse(furtherPools: furtherModels.map { pools($0.name) })
    if case .controlledReasoning(let controlled) = self {
      course.checkpointTokens = controlled.every
    }
    return course
  }
}
