internal import AnswerModels
internal import FleetEngine
internal import NumericalMethods
internal import Policies
internal import Quantities
internal import Workloads

/// Depth controllers of the arms that reason under control.
extension Scenario {
  /// Reference queries from which a controller knows its arm's chains.
  private static let referenceQueries = 2_000

  /// Gives a controller for the arms among `used` that have one; nil where none has.
  func depthMaker(for used: [Int]) -> (@Sendable () -> any DepthController)? {
    var rules: [Int: @Sendable () -> any DepthController] = [:]
    for arm in used {
      guard case .controlledReasoning(let controlled) = arms[arm].strategy else { continue }
      let prospects = workload.tasks.indices.map {
        self.prospects(ofArm: arm, task: $0, every: controlled.every)
      }
      rules[arm] = {
        switch controlled.rule {
        case .price: PricedReasoning(prospects, joulesPerRightAnswer: controlled.worth)
        case .confidence: ConfidentExit(prospects, threshold: controlled.threshold)
        case .knee: KneeExit(prospects)
        }
      }
    }
    guard !rules.isEmpty else { return nil }
    return { [rules] in DepthByArm(rules.mapValues { $0() }) }
  }

  /// What calibration says of the arm's chains on reference queries of the task: difficulty uniform
  /// in (0, 1), luck that no query of the workload has.
  private func prospects(ofArm arm: Int, task: Int, every: Int) -> ReasoningProspects {
    let difficulty = RandomStream(seed: seed, purpose: "difficulty of reference queries")
    let whole = AnswerCourse(ended: [.init(number: 0)])
    let cut = AnswerCourse(ended: [.init(number: 0, missingReasoningTokens: 1)])
    let chains = (0..<Self.referenceQueries).map { index in
      let id = UInt64.max - UInt64(index)
      let query = Query(
        id: id, arrival: .zero, task: task, promptTokens: 1,
        difficulty: difficulty.uniform(id: id))
      return ReasoningProspects.Chain(
        tokens: answers.lengths(of: query, arm: arm, sample: 0).reasoningTokens,
        isRightAtEnd: answers.isCorrect(query, arm: arm, by: whole) ?? false,
        isRightAtOnce: answers.isCorrect(query, arm: arm, by: cut) ?? false)
    }
    return ReasoningProspects(chains, every: every)
  }
}
