import Foundation
import Scenarios
import TestSupport

@testable import Planning

enum Fixtures {
  static let folder = SharedData.packageRoot.appending(path: "calibration")

  static func catalog() throws -> Catalog { try Catalog.load(path: folder.path) }

  /// A plan over a few replicas, fast enough for a debug build.
  static func text(
    rate: Double = 40, slo: String = "{tpot_ms: 9, ttft_ms: 300}",
    candidates: String = "[{model: qwen2.5-7b, gpu: h100-sxm}]", more: String = ""
  ) -> String {
    """
    seed: 3
    workload:
      arrivals: {process: poisson, rate: \(rate)}
      tasks: [{name: chat, prompt: 300, output: {exponential: {mean: 60}}}]
    fleet: {node: hgx-8, facility: industry-average}
    objectives: {slo: \(slo)}
    plan:
      attainment: 0.9
      candidates: \(candidates)
    \(more)
    """
  }

  static func question(_ text: String, goal: PlanGoal? = nil) throws -> PlanQuestion {
    try PlanReader(text: text, file: "plan.yaml", catalog: catalog()).read(goal: goal)
  }

  /// Short trials: what the tests compare was simulated alike.
  static var settings: Planner.Settings {
    var budget = TrialBudget()
    budget.pilotQueries = 300
    budget.trialRequests = 400
    budget.leastSeconds = 10
    return Planner.Settings(threadLimit: 4, replications: 4, budget: budget)
  }
}
