internal import AnswerModels
internal import DeviceModels
internal import FleetEngine
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

  private func prepare(_ policy: PolicySpecification) throws -> PreparedRun {
    let models = Set(policy.choice.arms.map { arms[$0].modelName })
    let deployed = (policy.pools ?? pools)
      .filter { policy.deploysEveryPool || models.contains($0.modelName) }
    let cost = policy.decisionCost
    var run = PreparedRun(
      policyName: policy.name, fleet: fleet(deployed), answers: answers,
      estimator: try policy.choice.estimator.map { try makeEstimator($0, seed: seed) },
      makePolicy: try maker(of: policy),
      makeSource: {
        let source = try makeSource()
        guard let cost, cost.time > .zero else { return source }
        return DecidedSource(source, delay: cost.time)
      }, expectedRequests: expectedRequests)
    run.judge = policy.choice.judge?.judge(seed: seed)
    run.decisionCost = cost
    run.assumesFreeDecisions = policy.decides && cost == nil
    run.isBound = policy.choice.isBound
    return run
  }

  /// `deployed` are the pools whose model serves an arm that the policy can choose, or all.
  private func fleet(_ deployed: [PoolSpecification]) -> FleetConfiguration {
    FleetConfiguration(
      pools: deployed.map { $0.configuration(within: surroundings, seed: seed) },
      arms: arms.map { arm in
        ArmConfiguration(
          name: arm.name,
          pools: deployed.indices.filter { deployed[$0].modelName == arm.modelName },
          samples: arm.strategy.samples)
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
