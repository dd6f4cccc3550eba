public import FleetEngine

/// The joint router of one who knows every arm's answer before it is given: a bound that no policy
/// passes with these arms on these replicas.
public struct CorrectnessOracle: BoundPolicy {
  private var selection: JointSelection
  private var multiplier: Multiplier
  /// By arm.
  private let samples: [Int: Int]

  /// Without a `replica` it chooses the replica together with the arm.
  public init(
    arms: [JointArm], target: RoutingTarget, objective: ServiceLevelObjective,
    replica: (any ReplicaChoice)? = nil, memory: RouterMemory
  ) {
    precondition(!arms.isEmpty, "an oracle without arms")
    selection = JointSelection(
      arms: arms, objective: objective, replica: replica,
      armCount: 1 + (arms.map(\.arm).max() ?? 0), memory: memory)
    multiplier = Multiplier(target, memory: memory)
    samples = Dictionary(uniqueKeysWithValues: arms.map { ($0.arm, $0.samples) })
  }

  public mutating func decide(
    _ request: RequestView, knowing truth: Truth, in fleet: FleetView
  ) -> Decision {
    let samples = samples
    let best = selection.best(for: request, in: fleet) {
      Self.prospect($0, samples: samples[$0] ?? 1, request, truth)
    } price: {
      multiplier.price(of: $0)
    }
    guard let best else { return .reject }
    multiplier.chose(expectedAccuracy: best.accuracy)
    selection.take(best, for: request, in: fleet)
    return .serve(arm: selection.arms[best.entry].arm, replica: best.replica)
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
    selection.requestEnded(ended, outputTokens: Double(ended.outputTokens))
    // What was refused spent nothing, and is no sign that more may be spent.
    if ended.outcome != .rejected { multiplier.spent(joules: ended.joules) }
  }
}
