public import FleetEngine

/// The joint router of one who knows every arm's answer before it is given: a bound that no policy
/// passes with these arms on these replicas.
public struct CorrectnessOracle: BoundPolicy {
  private var selection: JointSelection
  private var multiplier: Multiplier

  public init(
    arms: [JointArm], target: RoutingTarget, objective: ServiceLevelObjective,
    replica: any ReplicaChoice, gain: Double = 0.02
  ) {
    precondition(!arms.isEmpty, "an oracle without arms")
    selection = JointSelection(arms: arms, objective: objective, replica: replica)
    multiplier = Multiplier(target, gain: gain)
  }

  public mutating func decide(
    _ request: RequestView, knowing truth: Truth, in fleet: FleetView
  ) -> Decision {
    let options = selection.options(for: request, in: fleet) { arm in
      Self.prospect(arm, samples: samples(of: arm), request, truth)
    }
    guard let joules = options.map(\.joules).max() else { return .reject }
    multiplier.startIfUnset(typicalJoules: joules)
    guard let best = JointSelection.best(options, lambda: multiplier.lambda) else {
      return .reject
    }
    multiplier.chose(expectedAccuracy: best.accuracy)
    selection.take(best, for: request, in: fleet)
    return .serve(arm: best.arm, replica: best.replica)
  }

  private func samples(of arm: Int) -> Int {
    selection.arms.first { $0.arm == arm }?.samples ?? 1
  }

  private static func prospect(
    _ arm: Int, samples: Int, _ request: RequestView, _ truth: Truth
  ) -> Prospect {
    var prospect = Prospect()
    prospect.accuracy = truth.isCorrect(arm: arm) == true ? 1 : 0
    prospect.furtherPromptTokens = Double(truth.promptTokens(arm: arm) - request.promptTokens)
    for sample in 0..<samples {
      let tokens = Double(truth.outputTokens(arm: arm, sample: sample))
      prospect.outputTokens += tokens
      prospect.longestOutputTokens = max(prospect.longestOutputTokens, tokens)
    }
    return prospect
  }

  public var learns: Bool {
    if case .jouleBudget = multiplier.target { true } else { false }
  }

  public mutating func requestEnded(_ ended: EndedRequest) {
    multiplier.spent(joules: ended.joules)
  }
}
