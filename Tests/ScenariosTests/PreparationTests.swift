import AnswerModels
import DeviceModels
import FleetEngine
import Quantities
import Scenarios
import Testing
import Workloads

private func valid() throws -> Scenario {
  try Scenario.parse(text: validText, file: "s.yaml", catalog: catalog)
}

private func queries(of run: PreparedRun) throws -> [Query] {
  var source = try run.makeSource()
  var queries: [Query] = []
  while let query = try source.next() { queries.append(query) }
  return queries
}

@Test func `a run prepared twice has the same queries and decisions`() throws {
  let runs = [try valid().prepare(policy: 1), try valid().prepare(policy: 1)]
  let streams = try runs.map(queries)
  #expect(streams[0].count == 500)
  #expect(streams[0].map(\.arrival) == streams[1].map(\.arrival))
  #expect(streams[0].map(\.promptTokens) == streams[1].map(\.promptTokens))
  #expect(streams[0].map(\.difficulty) == streams[1].map(\.difficulty))
  let view = FleetView(
    now: .zero, replicas: [ReplicaView](repeating: ReplicaView(), count: 3),
    replicasByArm: [[0, 1], [0, 1], [2]])
  let decisions = try zip(runs, streams).map { run, stream in
    var policy = run.makePolicy()
    return try stream.map { query in
      let estimate = run.estimator?.estimate(query)
      return try policy.decide(
        RequestView(
          id: query.id, arrival: query.arrival, task: query.task,
          promptTokens: query.promptTokens, estimatedDifficulty: estimate), in: view)
    }
  }
  #expect(decisions[0] == decisions[1])
  #expect(Set(decisions[0].map { "\($0)" }).count == 3)
}

@Test func `another seed gives other queries`() throws {
  let other = try Scenario.parse(text: validText, file: "s.yaml", catalog: catalog, seed: 8)
  #expect(other.seed == 8)
  let arrivals = try queries(of: valid().prepare(policy: 0)).map(\.arrival)
  #expect(try queries(of: other.prepare(policy: 0)).map(\.arrival) != arrivals)
}

@Test func `a policy deploys only the pools that its arms use`() throws {
  let scenario = try valid()
  let fixed = try scenario.prepare(policy: 0).fleet
  #expect(fixed.pools.map(\.name) == ["small"])
  #expect(fixed.arms.map(\.pools) == [[0], [0], []])
  #expect(fixed.arms.map(\.samples) == [1, 5, 1])
  let hard = try scenario.prepare(policy: 1).fleet
  #expect(hard.pools.map(\.name) == ["small", "large"])
  #expect(hard.arms.map(\.pools) == [[0], [0], [1]])
  let large = try scenario.prepareFixedArm(2)
  #expect(large.policyName == "always-large")
  #expect(large.fleet.pools.map(\.name) == ["large"])
}

@Test func `an idle pool is deployed where the policy says so`() throws {
  let text = validText.replacing(
    "choose: {arm: direct}}", with: "choose: {arm: direct}, deploy: all}")
  let scenario = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
  #expect(try scenario.prepare(policy: 0).fleet.pools.map(\.name) == ["small", "large"])
}

@Test func `the fleet carries engine limits, window, host power and objective`() throws {
  let scenario = try valid()
  let fleet = try scenario.prepare(policy: 0).fleet
  let limits = fleet.pools[0].limits
  #expect(limits.batchRowLimit == 128)
  #expect(limits.iterationTokenBudget == 4096)
  #expect(limits.tokensPerBlock == 16)
  #expect(limits.maxModelTokens == 32_768)
  #expect(limits.kvBlockCount * 16 > 500_000)
  #expect(fleet.window == .between(SimTime(rounding: 60), SimTime(rounding: 600)))
  #expect(fleet.seriesInterval == SimDuration(rounding: 2))
  let node = try catalog.devices.node(named: "hgx-8")
  #expect(fleet.pools[0].hostPowerPerGPU == Power(rounding: node.hostPower / 8))
  #expect(fleet.pools[0].nodeWattsPerGPUWatt == node.wattsPerGPUWatt)
  #expect(fleet.objective.timePerOutputToken == SimDuration(rounding: 0.05))
}

@Test func `the progress total is what the rate and the daily profile give`() throws {
  let profile = (0..<24).map { $0 == 6 ? "3" : "0.5" }.joined(separator: ", ")
  let text = validText.replacing(
    "  requests: 500\n", with: "  daily_profile: [\(profile)]\n  time_of_day: 330 min\n"
  ).replacing("duration: 10 min", with: "duration: 60 min")
    .replacing("warmup: 60 s, ", with: "")
  let scenario = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
  // Half an hour at 4 × 0.5 per second, half an hour at 4 × 3.
  #expect(try scenario.prepare(policy: 0).expectedRequests == 1800 * 2 + 1800 * 12)
  let count = try queries(of: scenario.prepare(policy: 0)).count
  #expect(abs(Double(count) - 25_200) < 4 * 25_200.0.squareRoot())
}

@Test func `errors in a trace name the file and the line`() throws {
  let rows = ["2023-11-16 18:15:46.6805900,374,44", "2023-11-16 18:15:50.9951690,oops,109"]
  try withTrace(rows: rows) { path in
    let text = """
      seed: 1
      workload: {trace: {format: azure-2023, path: "\(path)"}}
      fleet: {pools: [{name: p, model: llama-3.1-8b, gpu: h100-sxm, replicas: 1}]}
      arms: [{name: a, model: llama-3.1-8b, strategy: direct}]
      policies: [{name: b, choose: {arm: a}}]
      """
    let scenario = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
    let error = #expect(throws: InputError.self) { try scenario.validateTrace() }
    #expect(
      error?.description == """
        \(path):3:29: "oops" is not a count of prompt tokens; expected a whole number from 0 to \
        999999999
        """)
  }
}

@Test func `a missing trace is an error where its path is given`() throws {
  let text = """
    seed: 1
    workload: {trace: {format: azure-2023, path: no-such-folder/trace.csv}}
    """
  let error = #expect(throws: InputError.self) {
    try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
  }
  #expect(
    error?.description == """
      s.yaml:2:46: path is "no-such-folder/trace.csv": no such file in workload.trace; expected \
      a file that exists
      """)
  let outside = #expect(throws: InputError.self) {
    try Scenario.parse(text: text, file: "s.yaml", catalog: catalog, tracePath: "missing.csv")
  }
  #expect(outside?.description == "missing.csv: no such file; expected a file that exists")
}

@Test func `a relative trace path starts at the scenario's folder`() throws {
  try withTrace { path in
    let folder = path.dropLast("trace.csv".count)
    let text = """
      seed: 1
      workload: {trace: {format: azure-2023, path: trace.csv}}
      fleet: {pools: [{name: p, model: llama-3.1-8b, gpu: h100-sxm, replicas: 1}]}
      arms: [{name: a, model: llama-3.1-8b, strategy: direct}]
      policies: [{name: b, choose: {arm: a}}]
      """
    let scenario = try Scenario.parse(text: text, file: folder + "s.yaml", catalog: catalog)
    #expect(try queries(of: scenario.prepare(policy: 0)).count == 3)
  }
}

@Test func `a trace and a synthetic workload exclude each other`() {
  let error = #expect(throws: InputError.self) {
    try Scenario.parse(text: validText, file: "s.yaml", catalog: catalog, tracePath: "t.csv")
  }
  #expect(
    error?.description == """
      s.yaml:4:3: a trace is given for a synthetic one in workload; expected the key trace in \
      the workload
      """)
}

@Test func `a trace with tasks asks them and draws its outputs`() throws {
  try withTrace { path in
    let text = """
      seed: 1
      workload:
        trace: {format: azure-2023, path: "\(path)"}
        tasks: [{task: mmlu}, {task: gsm8k, share: 3}]
      fleet: {pools: [{name: p, model: llama-3.1-8b, gpu: h100-sxm, replicas: 1}]}
      arms: [{name: a, model: llama-3.1-8b, strategy: chain-of-thought}]
      policies: [{name: b, choose: {arm: a}}]
      """
    let scenario = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
    let stream = try queries(of: scenario.prepare(policy: 0))
    #expect(stream.map(\.promptTokens) == [374, 396, 879])
    #expect(stream.allSatisfy { $0.recordedOutputTokens == nil })
    #expect(scenario.answers.isCorrect(stream[0], arm: 0) != nil)
  }
}
