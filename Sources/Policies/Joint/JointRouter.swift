public import FleetEngine

/// The energy-aware joint router: model, strategy and replica in one decision.
///
/// Of every arm it knows what to expect at the query's estimated difficulty; of every replica what
/// a row's share of its iterations costs, from the operating curve at the present load, or at the
/// load that all of the router's requests in flight would make there. It takes the highest
/// expected accuracy less the price of the joules, among what is projected to meet the latency
/// objective, and moves the price so that the run hits its target: an accuracy floor or a joule
/// budget.
public struct JointRouter: ServingPolicy {
  private let prospects: Prospects
  private var selection: JointSelection
  private var multiplier: Multiplier

  /// `gain` is the step of the price per request and unit of the relative miss.
  public init(
    arms: [JointArm], prospects: Prospects, target: RoutingTarget,
    objective: ServiceLevelObjective, replica: any ReplicaChoice, gain: Double = 0.1
  ) {
    precondition(!arms.isEmpty, "a joint router without arms")
    self.prospects = prospects
    selection = JointSelection(arms: arms, objective: objective, replica: replica)
    multiplier = Multiplier(target, gain: gain)
  }

  /// The present price of a joule, in right answers.
  public var lambda: Double { multiplier.lambda }

  public mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    let options = selection.options(for: request, in: fleet) { arm in
      prospects.prospect(
        task: request.task, estimate: request.estimatedDifficulty, arm: arm)
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

  public var learns: Bool { true }

  public mutating func requestEnded(_ ended: EndedRequest) {
    selection.requestEnded(arm: ended.arm)
    multiplier.spent(joules: ended.joules)
  }

  public mutating func answerJudged(_ ended: EndedRequest, isCorrect: Bool) {
    let expected = prospects.prospect(
      task: ended.request.task, estimate: ended.request.estimatedDifficulty, arm: ended.arm)
    multiplier.judged(isCorrect ? 1 : 0, expected: expected.accuracy)
  }
}
