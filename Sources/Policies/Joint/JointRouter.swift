public import FleetEngine

/// The energy-aware joint router: model, strategy and replica in one decision.
///
/// Of every arm it knows what to expect at the query's estimated difficulty; of every replica what
/// the fleet draws more if the query runs there, from the operating curve at the present load,
/// corrected by what requests before it were measured to draw. It takes the highest expected
/// accuracy less the price of the joules, among what is projected to meet the latency objective,
/// and moves the price so that the run hits its target: an accuracy floor or a joule budget.
///
/// A replica that decodes draws almost the same whether for one row or for thirty, so joules fall
/// with the company that a row has. The router therefore keeps rows together, on few replicas and
/// in time: its price settles where stretches with many chains take turns with stretches with few.
public struct JointRouter: ServingPolicy {
  private let prospects: Prospects
  private var selection: JointSelection
  private var multiplier: Multiplier

  /// Without a `replica` it chooses the replica together with the arm.
  public init(
    arms: [JointArm], prospects: Prospects, target: RoutingTarget,
    objective: ServiceLevelObjective, replica: (any ReplicaChoice)? = nil, memory: RouterMemory
  ) {
    precondition(!arms.isEmpty, "a joint router without arms")
    self.prospects = prospects
    selection = JointSelection(
      arms: arms, objective: objective, replica: replica, armCount: prospects.armCount,
      memory: memory)
    multiplier = Multiplier(target, memory: memory)
  }

  /// The present price of a joule, in right answers.
  public var lambda: Double { multiplier.lambda }

  public mutating func decide(_ request: RequestView, in fleet: FleetView) -> Decision {
    if multiplier.isStarting(after: selection.requestCount) { start(request, fleet) }
    let (prospects, task, estimate) = (prospects, request.task, request.estimatedDifficulty)
    let lambda = multiplier.lambda
    let best = selection.best(for: request, in: fleet) {
      prospects.prospect(task: task, estimate: estimate, arm: $0)
    } price: { _ in
      lambda
    }
    guard let best else { return .reject }
    multiplier.chose(expectedAccuracy: best.accuracy)
    selection.take(best, for: request, in: fleet)
    return .serve(arm: selection.arms[best.entry].arm, replica: best.replica)
  }

  /// Takes the price at which the training queries would be on target, with prompts as that of
  /// `request`, on the fleet as it is.
  private mutating func start(_ request: RequestView, _ fleet: FleetView) {
    let kinds = prospects.kinds
    let options = kinds.map { kind in
      let alike = RequestView(
        id: request.id, arrival: request.arrival, task: kind.task,
        promptTokens: request.promptTokens, priority: request.priority,
        session: request.session, estimatedDifficulty: kind.estimate)
      return selection.options(for: alike, in: fleet) { [prospects] in
        prospects.prospect(task: kind.task, estimate: kind.estimate, arm: $0)
      }
    }
    let all = kinds.reduce(0) { $0 + $1.queries }
    multiplier.start { lambda in
      zip(kinds, options).reduce((0, 0)) { sum, entry in
        guard let best = JointSelection.best(entry.1, lambda: lambda) else { return sum }
        let share = entry.0.queries / all
        return (sum.0 + share * best.accuracy, sum.1 + share * best.expectedJoules)
      }
    }
  }

  public var learns: Bool { true }

  public mutating func requestEnded(_ ended: EndedRequest) {
    let expected = prospects.prospect(
      task: ended.request.task, estimate: ended.request.estimatedDifficulty, arm: ended.arm)
    selection.requestEnded(ended, outputTokens: expected.outputTokens)
    // What was refused spent nothing, and is no sign that more may be spent.
    if ended.outcome != .rejected { multiplier.spent(joules: ended.joules) }
  }

  public mutating func answerJudged(_ ended: EndedRequest, isCorrect: Bool) {
    let expected = prospects.prospect(
      task: ended.request.task, estimate: ended.request.estimatedDifficulty, arm: ended.arm)
    multiplier.judged(isCorrect ? 1 : 0, expected: expected.accuracy)
  }
}
