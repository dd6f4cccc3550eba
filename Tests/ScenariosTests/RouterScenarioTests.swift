import AnswerModels
import FleetEngine
import Foundation
import Policies
import Quantities
import Testing
import Workloads

@testable import Scenarios

/// The valid scenario with its last policy replaced.
private func policy(_ text: String) throws -> Scenario {
  let old = """
      choose: {threshold: prompt-length, at: 400, below: direct, above: vote}
        route: least-loaded
    """
  precondition(validText.contains(old))
  return try Scenario.parse(
    text: validText.replacing(old, with: text), file: "s.yaml", catalog: catalog)
}

private func problem(_ text: String) -> String {
  do {
    _ = try policy(text)
    return "none"
  } catch { return "\(error)" }
}

/// Decisions of the last policy on the first queries, on a fleet that stands idle.
private func decisions(
  _ scenario: Scenario, count: Int = 200, loads: [Int] = [0, 0, 0]
) throws -> [Decision] {
  let run = try scenario.prepare(policy: 2)
  var policy = run.makePolicy()
  var source = try run.makeSource()
  let replicas = loads.map { load in
    var view = ReplicaView()
    view.runningRows = load
    return view
  }
  var ranges: [Range<Int>] = []
  for pool in run.fleet.pools {
    let start = ranges.last?.upperBound ?? 0
    ranges.append(start..<start + pool.replicaCount)
  }
  let view = FleetView(
    now: .zero, replicas: replicas,
    replicasByArm: run.fleet.arms.map { arm in ReplicaSet(ranges: arm.pools.map { ranges[$0] }) },
    curves: PoolCurves(run.fleet.pools))
  var decisions: [Decision] = []
  while decisions.count < count, let query = try source.next() {
    decisions.append(
      try policy.decide(
        RequestView(query, at: query.arrival, estimatedDifficulty: run.estimator?.estimate(query)),
        in: view))
  }
  return decisions
}

private func shares(_ decisions: [Decision]) -> [Int: Int] {
  var counts: [Int: Int] = [:]
  for case .serve(let arm, _) in decisions { counts[arm, default: 0] += 1 }
  return counts
}

@Suite struct RouterScenarioTests {
  @Test func `a mix and a ladder choose among their arms`() throws {
    let mix = try policy("  choose: {mix: {direct: 1, large: 1}}")
    #expect(mix.policies[2].choice.arms == [0, 2])
    #expect(Set(shares(try decisions(mix)).keys) == [0, 2])
    let ladder = try policy(
      "  choose: {threshold: prompt-length, at: [120, 300], arms: [direct, vote, large]}")
    #expect(Set(shares(try decisions(ladder)).keys) == [0, 1, 2])
  }

  @Test func `routes with more to say are read`() throws {
    let scenario = try policy(
      "  choose: {arm: direct}\n    route: {by: energy-greedy, expected_output: 200}")
    #expect(scenario.policies[2].route?.kind == .energyGreedy)
    #expect(scenario.policies[2].route?.expectedOutputTokens == 200)
    let fill = try policy("  choose: {arm: direct}\n    route: {by: energy-consolidate, fill: 0.5}")
    // Half of 128 rows: the busier replica up to 63 rows.
    let served = try decisions(fill, count: 1, loads: [0, 63])
    #expect(served == [.serve(arm: 0, replica: 1)])
    #expect(try decisions(fill, count: 1, loads: [0, 64]) == [.serve(arm: 0, replica: 0)])
  }

  @Test func `a joint router goes from the cheapest arm to the best as its price falls`() throws {
    func accurate(_ lambda: Double) throws -> [Int: Int] {
      shares(
        try decisions(
          policy(
            """
              choose:
                  joint: [direct, large]
                  lambda: \(lambda)
                  estimator: {correlation: 0.9}
                  training_queries: 2000
            """.replacing("      joint", with: "      joint"))))
    }
    let (dear, cheap) = (try accurate(10), try accurate(0))
    #expect(dear[0, default: 0] > 150)
    #expect(cheap[2, default: 0] > dear[2, default: 0] + 50)
  }

  @Test func `what it learned beforehand is the same each time, and not of the run's queries`()
    throws
  {
    let scenario = try policy(
      """
        choose: {joint: all, lambda: 0.001, estimator: {auc: 0.8}, training_queries: 1000}
      """)
    let first = try decisions(scenario)
    #expect(try decisions(scenario) == first)
    #expect(first.count == 200)
  }

  @Test func `costs of deciding add up and delay the queries`() throws {
    let scenario = try policy(
      """
        choose:
            threshold: difficulty
            at: 0.5
            below: direct
            above: large
            estimator: {auc: 0.8, time_ms: 3, joules: 0.5}
          decision: {time_ms: 2, joules: 0.25}
      """)
    let run = try scenario.prepare(policy: 2)
    #expect(run.decisionCost == DecisionCost(time: SimDuration(rounding: 0.005), joules: 0.75))
    #expect(!run.assumesFreeDecisions)
    var (plain, delayed) = (try scenario.makeSource(), try run.makeSource())
    let (asked, decided) = (try #require(try plain.next()), try #require(try delayed.next()))
    #expect(decided.arrival == asked.arrival + SimDuration(rounding: 0.005))
    #expect(try scenario.prepare(policy: 1).assumesFreeDecisions)
    #expect(try !scenario.prepare(policy: 0).assumesFreeDecisions)
  }

  @Test func `oracles are marked as bounds`() throws {
    let scenario = try policy("  choose: {oracle: all, accuracy_floor: 0.7}")
    #expect(try scenario.prepare(policy: 2).isBound)
    #expect(try !scenario.prepare(policy: 1).isBound)
    let difficulty = try policy(
      "  choose: {joint: all, accuracy_floor: 0.7, estimator: {oracle: true}}")
    #expect(try difficulty.prepare(policy: 2).isBound)
  }

  @Test func `wrong routers are one clear error`() {
    for (text, words) in [
      ("  choose: {mix: {direct: 0}}", "the shares of mix sum to 0"),
      ("  choose: {mix: {drect: 1}}", "unknown key \"drect\""),
      (
        "  choose: {threshold: prompt-length, at: [5, 4], arms: [direct, vote, large]}",
        "expected a list of ascending numbers"
      ),
      (
        "  choose: {threshold: prompt-length, at: [4, 5], arms: [direct, vote]}",
        "arms is a list of 2 in policies[2].choose; expected 3 arms"
      ),
      ("  choose: {joint: all}", "the target is not given exactly once"),
      ("  choose: {joint: al, lambda: 1}", "expected all, or a list of arms"),
      (
        "  choose: {joint: all, lambda: 1, joule_budget: 2}", "the target is not given exactly once"
      ),
      ("  choose: {bandit: linar, arms: all}", "did you mean \"linear\"?"),
      (
        "  choose: {threshold: column, column: a, at: 1, below: direct, above: vote}",
        "threshold is \"column\""
      ),
      (
        "  choose: {arm: direct}\n    route: slo-packing", "route slo-packing needs expected_output"
      ),
      ("  choose: {arm: direct}\n    decision: {time_ms: 1}", "only one of time_ms and joules"),
      (
        "  choose: {zeta: 2, expected_output: 5, arms: {direct: {accuracy: 1, joules: [1, 1, 1]}}}",
        "zeta is 2"
      ),
      ("  choose: {process: [cat], state: sometimes}", "expected one of none, window, present"),
    ] {
      #expect(problem(text).contains(words), "\(text): \(problem(text))")
    }
  }
}
