internal import NumericalMethods
internal import Workloads

/// A chain under a budget: how long it becomes, and what it answers where it is cut.
struct BudgetedChain: Sendable {
  private let budget: ReasoningBudget
  private let samples: SampledAnswers
  private let obeying: RandomStream

  /// Nil for arms without a budget.
  init?(
    arm: ArmSpecification, task: TaskSheet, solver: AbilitySolver?, seed: UInt64
  ) throws(AnswerModelError) {
    guard case .reasoningBudget(let budget) = arm.strategy else { return nil }
    self.budget = budget
    samples = try CourseMaterial(task: task, solver: solver, seed: seed)
      .samples(of: arm.modelName, budget.mode)
    obeying = RandomStream(seed: seed, purpose: "obeys budget/\(arm.modelName)")
  }

  private func cut(_ drawn: SampleLengths, _ query: Query) -> (tokens: Int, missing: Int) {
    budget.cut(drawn.reasoningTokens, luck: obeying.uniform(id: query.id))
  }

  func served(_ drawn: SampleLengths, of query: Query) -> SampleLengths {
    SampleLengths(
      reasoningTokens: cut(drawn, query).tokens, answerTokens: drawn.answerTokens)
  }

  func isCut(_ drawn: SampleLengths, of query: Query) -> Bool { cut(drawn, query).missing > 0 }

  /// Of a chain that is cut.
  func isCorrect(_ query: Query) -> Bool { samples.answerAtOnce(to: query, sample: 0) == 0 }
}
