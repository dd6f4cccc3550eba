internal import DeviceModels
internal import FleetEngine
internal import Quantities

/// An arm that a joint router may choose, and the parallel samples that it runs.
public struct JointArm: Hashable, Sendable {
  public var arm: Int
  public var samples: Int

  public init(arm: Int, samples: Int) {
    self.arm = arm
    self.samples = samples
  }
}

/// What one arm would be for one request, now.
struct JointOption {
  var arm: Int
  var replica: Int
  var accuracy: Double
  var joules: Double
  var meetsObjective: Bool
}

/// Weighs arms and replicas together: for each arm its replica, and what both would cost at that
/// replica's present load.
struct JointSelection: Sendable {
  let arms: [JointArm]
  let objective: ServiceLevelObjective
  /// Chooses among the replicas of one arm. Only the choice that is taken is remembered.
  var replica: any ReplicaChoice
  /// Rows of the router's own requests that are in flight, wherever they run.
  private var rowsInFlight = 0

  init(arms: [JointArm], objective: ServiceLevelObjective, replica: any ReplicaChoice) {
    self.arms = arms
    self.objective = objective
    self.replica = replica
  }

  /// Every arm that the fleet serves.
  func options(
    for request: RequestView, in fleet: FleetView, _ prospect: (Int) -> Prospect
  ) -> [JointOption] {
    var choices: [(candidates: ReplicaSet, replica: Int)] = []
    return arms.compactMap { entry in
      let candidates = fleet.replicasByArm[entry.arm]
      guard !candidates.isEmpty else { return nil }
      // Arms of one model share its replicas, and the choice among them.
      let known = choices.first { $0.candidates == candidates }
      var choice = replica
      let replica =
        known?.replica ?? choice.choose(for: request, among: candidates, in: fleet)
      if known == nil { choices.append((candidates, replica)) }
      let share = rowsInFlight / candidates.count
      return option(entry, replica, share, request, prospect(entry.arm), fleet)
    }
  }

  private func option(
    _ arm: JointArm, _ replica: Int, _ share: Int, _ request: RequestView,
    _ prospect: Prospect, _ fleet: FleetView
  ) -> JointOption {
    let projection = Projection(fleet, replica: replica)
    let view = fleet.replicas[replica]
    let prompt = request.promptTokens + Int(prospect.furtherPromptTokens.rounded())
    let context = prompt + Int(prospect.longestOutputTokens / 2)
    // What is in flight could all be here. Without that thought a busy pool, whose next row is
    // almost free, would keep drawing what an idle one of a smaller model serves for less.
    let perToken = projection.sharedJoulesPerToken(
      load: max(view.load, share), samples: arm.samples, contextTokens: context)
    let joules =
      projection.promptJoules(promptTokens: prompt)
      + prospect.outputTokens * perToken
    return JointOption(
      arm: arm.arm, replica: replica, accuracy: prospect.accuracy, joules: joules,
      meetsObjective: meets(arm, prompt, context, prospect, projection, view))
  }

  private func meets(
    _ arm: JointArm, _ prompt: Int, _ context: Int, _ prospect: Prospect,
    _ projection: Projection, _ view: ReplicaView
  ) -> Bool {
    guard !objective.isEmpty else { return true }
    let perToken = projection.secondsPerToken(
      load: view.load, samples: arm.samples, contextTokens: context)
    let first = projection.secondsToFirstToken(
      pendingPromptTokens: view.pendingPromptTokens, promptTokens: prompt, load: view.load,
      contextTokens: context)
    let whole = first + perToken * max(0, prospect.longestOutputTokens - 1)
    func within(_ seconds: Double, _ limit: SimDuration?) -> Bool {
      limit.map { seconds <= $0.seconds } ?? true
    }
    return within(perToken, objective.timePerOutputToken)
      && within(first, objective.timeToFirstToken) && within(whole, objective.endToEndLatency)
  }

  /// The option of the highest value, accuracy less `lambda` times joules, among those that meet
  /// the objective; among all where none does. Nil where there is none.
  static func best(_ options: [JointOption], lambda: Double) -> JointOption? {
    let feasible = options.filter(\.meetsObjective)
    var best: JointOption?
    var highest = -Double.infinity
    for option in feasible.isEmpty ? options : feasible {
      let value = option.accuracy - lambda * option.joules
      if value > highest { (best, highest) = (option, value) }
    }
    return best
  }

  /// Lets the choice of replica remember the option that was taken.
  mutating func take(_ option: JointOption, for request: RequestView, in fleet: FleetView) {
    _ = replica.choose(for: request, among: fleet.replicasByArm[option.arm], in: fleet)
    rowsInFlight += samples(of: option.arm)
  }

  /// A request under `arm` has left the fleet.
  mutating func requestEnded(arm: Int) {
    rowsInFlight = max(0, rowsInFlight - samples(of: arm))
  }

  func samples(of arm: Int) -> Int { arms.first { $0.arm == arm }?.samples ?? 1 }
}
