import AnswerModels
import FleetEngine
import Foundation
import Quantities
import Scenarios
import TestSupport
import Testing
import Workloads

private func shipped(_ name: String, trace: String? = nil) throws -> Scenario {
  let path = SharedData.packageRoot.appending(path: "scenarios/\(name).yaml").path
  return try Scenario.load(path: path, catalog: catalog, tracePath: trace)
}

@Test func `the quickstart is read as it is written`() throws {
  let scenario = try shipped("quickstart")
  #expect(scenario.name == "quickstart")
  #expect(scenario.question.hasSuffix("?"))
  #expect(scenario.seed == 20_260_101)
  #expect(scenario.taskNames == ["mmlu", "gsm8k", "math500"])
  #expect(scenario.pools.map(\.modelName) == ["qwen2.5-7b", "qwen2.5-14b", "qwen2.5-32b"])
  #expect(scenario.pools.map(\.replicaCount) == [2, 2, 2])
  #expect(
    scenario.arms.map { "\($0.modelName) \($0.strategy)" } == [
      "qwen2.5-7b direct", "qwen2.5-14b direct", "qwen2.5-32b direct",
      "qwen2.5-7b chain-of-thought", "qwen2.5-7b majority-vote:k=5",
    ])
  func byDifficulty(_ arms: [Int]) -> ThresholdSpecification {
    ThresholdSpecification(
      signal: .difficulty, thresholds: [0.6], arms: arms, estimator: .correlation(0.7))
  }
  #expect(
    scenario.policies.map(\.choice) == [
      .threshold(ThresholdSpecification(signal: .promptLength, thresholds: [75], arms: [3, 0])),
      .threshold(byDifficulty([0, 2])), .threshold(byDifficulty([3, 4])),
    ])
  #expect(scenario.objective.timeToFirstToken == SimDuration(rounding: 0.5))
  #expect(scenario.surroundings.powerUsageEffectiveness == 1.56)
  #expect(scenario.warnings == Warnings.shipped)
}

@Test func `half a minute of the quickstart runs under every policy and arm`() throws {
  let path = SharedData.packageRoot.appending(path: "scenarios/quickstart.yaml").path
  let text = try String(contentsOfFile: path, encoding: .utf8)
  #expect(text.contains("duration: 30 min"))
  let scenario = try Scenario.parse(
    text: text.replacing("duration: 30 min", with: "duration: 30 s"), file: path,
    catalog: catalog)
  let runs =
    try scenario.preparedRuns() + scenario.arms.indices.map(scenario.prepareFixedArm)
  #expect(runs.count == 8)
  for run in runs {
    var observer = SilentObserver()
    let result = try FleetSimulation(
      fleet: run.fleet, answers: run.answers, estimator: run.estimator, policy: run.makePolicy()
    ).run(try run.makeSource(), observer: &observer)
    // Eight a second for thirty seconds, the same under every policy, all of them judged.
    #expect(abs(Double(result.requests.arrived) - 240) < 4 * 240.0.squareRoot())
    #expect(result.requests.completed == result.requests.arrived, "\(run.policyName)")
    #expect(result.correctByTask.reduce(0) { $0 + $1.judged } == result.requests.completed)
    #expect(result.energy.gpu == result.energy.integral && result.energy.gpu > .zero)
  }
}

@Test func `the Azure scenario needs a trace and takes it from outside`() throws {
  let error = #expect(throws: InputError.self) { try shipped("azure-conversation") }
  #expect(error?.problem == "the trace has no path")
  #expect(error?.expectation == "the key path, or --trace FILE")
  try withTrace { path in
    let scenario = try shipped("azure-conversation", trace: path)
    #expect(scenario.taskNames == ["trace"])
    #expect(scenario.pools[0].replicaCount == 8)
    let run = try scenario.prepare(policy: 0)
    #expect(run.expectedRequests == 3)
    var source = try run.makeSource()
    var prompts: [Int] = []
    while let query = try source.next() { prompts.append(query.promptTokens) }
    #expect(prompts == [374, 396, 879])
  }
}

@Test func `scores of a shipped trace decide who thinks`() throws {
  let scenario = try shipped("router-scores")
  let folder = SharedData.packageRoot.appending(path: "scenarios")
  let rows = try String(contentsOf: folder.appending(path: "router-scores.csv"), encoding: .utf8)
    .split(separator: "\n").dropFirst()
  let scores = rows.compactMap { row in row.split(separator: ",").last.flatMap { Double($0) } }
  #expect(scores.count == 600)
  let run = try #require(scenario.preparedRuns().first { $0.policyName == "by-score-0.4" })
  var observer = RecordingObserver()
  _ = try FleetSimulation(
    fleet: run.fleet, answers: run.answers, estimator: run.estimator, policy: run.makePolicy()
  ).run(try run.makeSource(), observer: &observer)
  let thinking = observer.records.filter { $0.reasoningTokens > 0 }.map { Int($0.id) }
  #expect(thinking.sorted() == scores.indices.filter { scores[$0] >= 0.4 })
}

@Test func `every shipped scenario asks its question first and has a seed`() throws {
  let folder = SharedData.packageRoot.appending(path: "scenarios")
  let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    .filter { $0.hasSuffix(".yaml") }
  #expect(files.count >= 2)
  for file in files {
    let lines = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.first?.hasPrefix("question:") == true, "\(file)")
    #expect(lines.contains { $0.hasPrefix("seed: ") }, "\(file)")
  }
}
