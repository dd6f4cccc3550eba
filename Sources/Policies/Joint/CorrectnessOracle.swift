public import FleetEngine

/// The joint router of one who knows every arm's answer before it is given: a bound that no policy
/// passes with these arms on these replicas.
public struct CorrectnessOracle: BoundPolicy {
  private var selection: JointSelection
  private var multiplier: Multiplier

  public init(
    arms: [JointArm], target: RoutingTarget, objective: ServiceLevelObjective,
    replica: any ReplicaChoice, gain: Double = 0.1
  ) {
    precondition(!arms.isEmpty, "an oracle without arms")
    selection = JointSelection(arms: arms, objective: objective, replica: replica)
    multiplier = Multiplier(target, gain: gain)
  }

  public mutating func decide(
    _ request: RequestView, knowing truth: Truth, in fleet: FleetView
  ) -> Decision {
    let options = selection.options(for: request, in: fleet) { arm in
      Self.prospect(arm, samples: selection.samples(of: arm), request, truth)
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

  private static func prospect(
    _ arm: Int, samples: Int, _ request: RequestView, _ truth: Truth
  ) -> Prospect {
    let outcome = truth.outcome(arm: arm, samples: samples)
    var prospect = Prospect()
    prospect.accuracy = outcome.isCorrect == true ? 1 : 0
    prospect.furtherPromptTokens = Double(outcome.promptTokens - request.promptTokens)
    prospect.outputTokens = Double(outcome.outputTokens)
    prospect.longestOutputTokens = Double(outcome.longestOutputTokens)
    return prospect
  }

  public var learns: Bool { true }

  public mutating func requestEnded(_ ended: EndedRequest) {
    selection.requestEnded(arm: ended.arm)
    multiplier.spent(joules: ended.joules)
  }
}
