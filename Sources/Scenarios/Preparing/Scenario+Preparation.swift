internal import AnswerModels
internal import DeviceModels
internal import FleetEngine
internal import Policies
internal import Quantities

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
    return PreparedRun(
      policyName: policy.name, fleet: fleet(deployed),
      answers: answers, estimator: estimator(policy.choice),
      makePolicy: {
        ComposedPolicy(arm: policy.choice.makeChoice(), replica: policy.route.makeChoice())
      },
      makeSource: { try makeSource() }, expectedRequests: expectedRequests)
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

  private func estimator(_ choice: ArmChoiceSpecification) -> (any DifficultyEstimator)? {
    guard case .difficulty(_, _, _, let estimator) = choice else { return nil }
    return switch estimator {
    case .oracle: OracleDifficultyEstimator()
    case .correlation(let correlation):
      NoisyDifficultyEstimator(correlation: correlation, seed: seed)
    case .medianSplitAUC(let auc):
      NoisyDifficultyEstimator(
        correlation: NoisyDifficultyEstimator.correlation(medianSplitAUC: auc), seed: seed)
    }
  }
}

extension ArmChoiceSpecification {
  fileprivate func makeChoice() -> any ArmChoice {
    switch self {
    case .fixed(let arm): FixedArm(arm: arm)
    case .promptLength(let at, let below, let above):
      LengthThreshold(promptTokens: at, shortArm: below, longArm: above)
    case .difficulty(let at, let below, let above, _):
      DifficultyThreshold(difficulty: at, easyArm: below, hardArm: above)
    }
  }
}

extension RouteSpecification {
  fileprivate func makeChoice() -> any ReplicaChoice {
    switch self {
    case .leastLoaded: LeastLoaded()
    case .roundRobin: RoundRobin()
    case .sessionAffinity: SessionAffinity()
    }
  }
}
