internal import AnswerModels
internal import FleetEngine
internal import Policies
internal import Workloads

/// Policies out of what the scenario says of them.
extension Scenario {
  /// A closure that makes the policy afresh; what it learns beforehand it learns here, once.
  ///
  /// A process policy counts its decisions in `speed`.
  func maker(
    of policy: PolicySpecification, speed: ProcessSpeed,
    makeSource: @escaping @Sendable () throws -> any QuerySource
  ) throws -> @Sendable () -> any ServingPolicy {
    let (seed, objective, route) = (seed, objective, policy.route)
    if case .joint(let joint) = policy.choice {
      return try maker(of: joint) { route?.makeChoice(seed: seed, objective: objective) }
    }
    let makeReplica: @Sendable () -> any ReplicaChoice = {
      (route ?? .leastLoaded).makeChoice(seed: seed, objective: objective)
    }
    if case .process(let process) = policy.choice {
      let setup = ProcessPolicy.Setup(
        specification: process, names: names(policy.name, process), speed: speed,
        estimator: try process.estimator.map { try makeEstimator($0, seed: seed) },
        makeSource: makeSource)
      return { ProcessPolicy(setup, replica: makeReplica()) }
    }
    let choice = policy.choice
    let description = QueryDescription(
      taskCount: max(1, workload.tasks.count), columnCount: workload.features(pool).count,
      usesEstimate: choice.estimator != nil)
    return {
      ComposedPolicy(
        arm: choice.makeChoice(seed: seed, description), replica: makeReplica())
    }
  }

  private func names(
    _ policy: String, _ process: ProcessSpecification
  ) -> ProcessConversation.Names {
    let mode =
      switch process.mode {
      case .independent: "none"
      case .window: "window"
      case .lockStep: "present"
      }
    return ProcessConversation.Names(
      policy: policy, arms: arms.map(\.name), tasks: taskNames,
      features: workload.features(pool), mode: mode)
  }

  private func maker(
    of joint: JointSpecification,
    makeReplica: @escaping @Sendable () -> (any ReplicaChoice)?
  ) throws -> @Sendable () -> any ServingPolicy {
    guard let memory = routerMemory else {
      preconditionFailure("a scenario with a joint router has been read without router.yaml")
    }
    let objective = objective
    let arms = joint.arms.map { JointArm(arm: $0, samples: self.arms[$0].strategy.samples) }
    guard !joint.knowsCorrectness else {
      return {
        CorrectnessOracle(
          arms: arms, target: joint.target, objective: objective, replica: makeReplica(),
          memory: memory)
      }
    }
    let prospects = try prospects(of: joint)
    return {
      JointRouter(
        arms: arms, prospects: prospects, target: joint.target, objective: objective,
        replica: makeReplica(), memory: memory)
    }
  }
}

extension ArmChoiceSpecification {
  fileprivate func makeChoice(seed: UInt64, _ description: QueryDescription) -> any ArmChoice {
    switch self {
    case .fixed(let arm): FixedArm(arm: arm)
    case .mix(let shares): RandomMix(shares.map { ($0.arm, $0.share) }, seed: seed)
    case .threshold(let threshold):
      ThresholdLadder(
        signal: threshold.signal.signal, thresholds: threshold.thresholds, arms: threshold.arms)
    case .bandit(let bandit):
      ContextualBandit(
        arms: bandit.arms, description: description, lambda: bandit.lambda,
        exploration: bandit.exploration, judgeError: bandit.judge.error, seed: seed)
    case .zeta(let zeta):
      ZetaRouter(zeta: zeta.zeta, arms: zeta.arms, expectedOutputTokens: zeta.expectedOutputTokens)
    case .joint, .process: preconditionFailure("arm and replica are chosen together")
    }
  }
}

extension SignalSpecification {
  fileprivate var signal: QuerySignal {
    switch self {
    case .promptLength: .promptTokens
    case .difficulty: .estimatedDifficulty
    case .column(let position): .feature(position)
    }
  }
}

extension RouteSpecification {
  fileprivate func makeChoice(
    seed: UInt64, objective: ServiceLevelObjective
  ) -> any ReplicaChoice {
    let typical = TypicalRequest(outputTokens: expectedOutputTokens)
    return switch kind {
    case .leastLoaded: LeastLoaded()
    case .roundRobin: RoundRobin()
    case .random: RandomReplica(seed: seed)
    case .powerOfTwo: PowerOfTwo(seed: seed)
    case .leastKV: LeastKV()
    case .sessionAffinity: SessionAffinity()
    case .prefixAffinity: PrefixAffinity(mostExcessLoad: excessLoad)
    case .sloPacking: SLOPacking(objective: objective, typical: typical)
    case .energyGreedy: EnergyGreedy(objective: objective, typical: typical)
    case .energyConsolidate: EnergyConsolidate(fill: fill)
    }
  }
}
