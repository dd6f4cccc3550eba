import FleetEngine
import Foundation
import Scenarios
import TestSupport
import Testing
import Workloads

/// A scenario on a pool of four queries in a folder of its own.
private func withPool<Result>(
  _ rows: [String]? = nil, workload: String = "order: in-order", _ body: (String) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "joulefleet-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let all = ["q0,A,1,50,20,0.1", "q0,B,1,55,200,0.1", "q1,A,0,60,30,0.9", "q1,B,1,65,300,0.9"]
  let text =
    (["query_id,arm,score,prompt_tokens,completion_tokens,score_of_router"] + (rows ?? all))
    .joined(separator: "\n")
  try Data(text.utf8).write(to: folder.appending(path: "pool.csv"))
  let scenario = """
    seed: 3
    workload:
      pool:
        path: pool.csv
        features: [score_of_router]
        arms: {small: A, large: B}
        \(workload)
      arrivals: {process: poisson, rate: 1}
      requests: 10
    fleet:
      pools:
        - {name: s, model: qwen2.5-7b, gpu: h100-sxm, replicas: 1}
        - {name: l, model: qwen2.5-32b, gpu: h100-sxm, replicas: 1}
    arms:
      - {name: small, model: qwen2.5-7b, strategy: direct}
      - {name: large, model: qwen2.5-32b, strategy: direct}
    policies:
      - name: by-score
        choose: {threshold: column, column: score_of_router, at: 0.5, below: small, above: large}
      - {name: joint, choose: {joint: all, lambda: 0.0000001, estimator: {oracle: true}}}
    """
  try Data(scenario.utf8).write(to: folder.appending(path: "s.yaml"))
  return try body(folder.appending(path: "s.yaml").path)
}

private struct Keeping: RunObserver {
  var records: [RequestRecord] = []
  mutating func requestEnded(_ record: RequestRecord) { records.append(record) }
  mutating func intervalEnded(_ interval: FleetInterval) {}
}

private func served(_ run: PreparedRun) throws -> [RequestRecord] {
  var observer = Keeping()
  _ = try FleetSimulation(
    fleet: run.fleet, answers: run.answers, estimator: run.estimator, policy: run.makePolicy(),
    judge: run.judge
  ).run(run.makeSource(), observer: &observer)
  return observer.records.sorted { $0.id < $1.id }
}

@Suite struct PoolScenarioTests {
  @Test func `lengths, scores and features are the pool's, whatever the arm`() throws {
    try withPool { path in
      let scenario = try Scenario.load(path: path, catalog: catalog)
      let records = try served(scenario.prepare(policy: 0))
      #expect(records.map(\.arm) == [0, 1])
      #expect(records.map(\.promptTokens) == [50, 65])
      #expect(records.map(\.outputTokens) == [20, 300])
      #expect(records.map(\.isCorrect) == [true, true])
      let small = try self.records(of: scenario, arm: 0)
      #expect(small.map(\.outputTokens) == [20, 30])
      #expect(small.map(\.isCorrect) == [true, false])
    }
  }

  private func records(of scenario: Scenario, arm: Int) throws -> [RequestRecord] {
    try served(scenario.prepareFixedArm(arm))
  }

  @Test func `a joint router learns from the pool where nothing is modeled`() throws {
    try withPool { path in
      let scenario = try Scenario.load(path: path, catalog: catalog)
      // At next to no price whatever is right: the large arm where only that is.
      let chosen = try served(scenario.prepare(policy: 1))
      #expect(chosen.map(\.arm) == [0, 1])
      #expect(chosen.allSatisfy { $0.isCorrect == true })
    }
  }

  @Test func `a missing outcome is one error that names query and arm`() throws {
    let rows = ["q0,A,1,50,20,0.1", "q0,B,1,55,200,0.1", "q1,A,0,60,30,0.9"]
    try withPool(rows) { path in
      let error = #expect(throws: InputError.self) {
        try Scenario.load(path: path, catalog: catalog)
      }
      #expect(error?.description.contains("query q1 has no outcome under arm B") == true)
    }
  }

  @Test func `wrong keys of a pool are one clear error`() throws {
    for (workload, words) in [
      ("split: test", "split is \"test\""),
      ("order: rando", "did you mean \"random\"?"),
      ("feature: [x]", "unknown key \"feature\""),
    ] {
      try withPool(workload: workload) { path in
        let error = #expect(throws: InputError.self) {
          try Scenario.load(path: path, catalog: catalog)
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "none")")
      }
    }
  }
}
