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
    let models = Set(
      policy.choice.arms.flatMap { arm in
        [arms[arm].modelName] + arms[arm].strategy.furtherModels.map(\.name)
      })
    let deployed = (policy.pools ?? pools)
      .filter { policy.deploysEveryPool || models.contains($0.modelName) }
    return PreparedRun(
      policyName: policy.name, fleet: fleet(deployed),
      answers: answers, estimator: estimator(policy.choice),
      makePolicy: {
        ComposedPolicy(arm: policy.choice.makeChoice(), replica: policy.route.makeChoice())
      },
      makeDepth: depthMaker(for: policy.choice.arms),
      makeSource: { try makeSource() }, expectedRequests: expectedRequests)
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
