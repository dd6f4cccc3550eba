import DeviceModels
import FleetEngine
import Foundation
import Quantities
import Scenarios
import Testing
import Workloads

/// The valid scenario with replacements; each must find something.
func changed(_ replacements: (String, String)...) throws -> Scenario {
  var text = validText
  for (old, new) in replacements {
    #expect(text.contains(old), "\(old)")
    text = text.replacing(old, with: new, maxReplacements: 1)
  }
  return try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
}

private let engine = "{max_num_seqs: 128, max_num_batched_tokens: 4096}"

struct ServingRuleTests {
  @Test func `without a word the rules are vLLM's, but for the prefix cache`() throws {
    let rules = try changed().pools[0].rules
    #expect(rules == EngineRules())
    #expect(rules.chunksPrefill && !rules.cachesPrefixes && rules.waitingLimit == nil)
    #expect(rules.order == .firstComeFirstServed && rules.watermarkBlocks == 0)
  }

  @Test func `every key of engine arrives at the fleet`() throws {
    let scenario = try changed(
      (
        engine,
        """
        {max_num_seqs: 64, max_num_batched_tokens: 9000, gpu_memory_utilization: 0.8, \
        block_size: 32, max_model_len: 8192, num_gpu_blocks: 1000, enable_prefix_caching: true, \
        enable_chunked_prefill: false, scheduling_policy: priority, kv_cache_dtype: bf16, \
        tensor_parallel_size: 2, watermark: 0.0105, max_waiting: 100, \
        enable_expert_parallel: true, expert_traffic: narrow}
        """
      ))
    let pool = try scenario.prepare(policy: 0).fleet.pools[0]
    #expect(pool.gpusPerReplica == 2)
    #expect(
      pool.limits
        == EngineLimits(
          batchRowLimit: 64, iterationTokenBudget: 9000, tokensPerBlock: 32, kvBlockCount: 1000,
          maxModelTokens: 8192))
    #expect(!pool.rules.chunksPrefill && pool.rules.cachesPrefixes)
    #expect(pool.rules.order == .priority && pool.rules.waitingLimit == 100)
    #expect(pool.rules.watermarkBlocks == 10)
    #expect(
      scenario.pools[0].replica.layout
        == ReplicaLayout(
          tensorParallelDegree: 2, distributesExperts: true, expertTraffic: .narrow))
  }

  @Test func `limits under which an iteration takes half an hour are refused at the pool`() throws {
    let large = "gpu: h100-sxm, replicas: 1"
    let error = try #require(throws: InputError.self) {
      try changed((large, "\(large), engine: {max_num_batched_tokens: 10000000}"))
    }
    #expect(error.line == 20 && error.keyPath == "fleet.pools[1]", "\(error)")
    #expect(error.problem.contains("max_num_batched_tokens, 10000000"), "\(error)")
    #expect(error.expectation?.contains("more than 1126 s") == true, "\(error)")
  }

  @Test func `an fp8 cache holds twice the tokens, reads half the bytes, and brings a warning`()
    throws
  {
    let wide = try changed(("max_num_seqs: 128,", "kv_cache_dtype: auto,"))
    let narrow = try changed(("max_num_seqs: 128,", "kv_cache_dtype: fp8,"))
    let ratio =
      Double(narrow.pools[0].limits.kvBlockCount) / Double(wide.pools[0].limits.kvBlockCount)
    #expect(abs(ratio - 2) < 1e-3)
    let (a, b) = (wide.pools[0].replica, narrow.pools[0].replica)
    let short = (
      a.decodeSegment(rows: 8, contextTokens: 8), b.decodeSegment(rows: 8, contextTokens: 8)
    )
    let long = (
      a.decodeSegment(rows: 8, contextTokens: 200_000),
      b.decodeSegment(rows: 8, contextTokens: 200_000)
    )
    let atShort = (short.0.cost(context: 8), short.1.cost(context: 8))
    let atLong = (long.0.cost(context: 200_000), long.1.cost(context: 200_000))
    let growth = (
      (atLong.0.duration - atShort.0.duration).seconds,
      (atLong.1.duration - atShort.1.duration).seconds
    )
    #expect(abs(growth.1 / growth.0 - 0.5) < 0.02)
    #expect(
      narrow.warnings.contains {
        $0 == "qwen2.5-7b on h100-sxm: a KV cache of 1 byte an element (kv_cache_dtype), time and "
          + "power fitted on 2"
      })
    #expect(!wide.warnings.contains { $0.contains("kv_cache_dtype") })
  }

  @Test func `without chunks the default budget holds the longest prompt`() throws {
    let scenario = try changed((engine, "{enable_chunked_prefill: false}"))
    #expect(scenario.pools[0].limits.iterationTokenBudget == 32_768)
  }

  @Test func `tasks have priorities, timeouts and patience of their own or the workload's`() throws
  {
    let scenario = try changed(
      ("duration: 10 min", "timeout: 30 s\n  priority: 5\n  duration: 10 min"),
      (
        "{task: mmlu, share: 0.5,",
        "{task: mmlu, share: 0.5, patience: {exponential: {mean: 10 s}, max: 1 min}, "
          + "priority: {0: 0.25, 9: 0.75},"
      ))
    #expect(scenario.askers.count == 3)
    #expect(
      scenario.askers[0].priorities?.map { "\($0.level) \($0.share)" } == ["0 0.25", "9 0.75"])
    #expect(scenario.askers[1].priorities?.map(\.level) == [5])
    #expect(scenario.askers[1].patience == nil && scenario.askers[0].patience != nil)
    var source = try scenario.prepare(policy: 0).makeSource()
    while let query = try source.next() {
      #expect(query.context.timeout == SimDuration(rounding: 30))
      #expect((query.context.patience != nil) == (query.task == 0))
      #expect(query.task == 0 ? [0, 9].contains(query.priority) : query.priority == 5)
    }
    #expect(
      scenario.warnings.contains {
        $0 == "queries have priorities, but no pool has scheduling_policy: priority to heed them"
      })
  }

  @Test func `a trace has askers too, and a cap on what is in flight`() throws {
    try withTrace { path in
      let start = try #require(validText.range(of: "  duration:"))
      let end = try #require(validText.range(of: "fleet:"))
      let text = validText.replacingCharacters(
        in: start.lowerBound..<end.lowerBound,
        with: "  trace: {format: azure-2023}\n  patience: 2 s\n  max_concurrency: 7\n"
      )
      .replacing("threshold: difficulty, at: 0.6", with: "threshold: prompt-length, at: 60")
      .replacing(", estimator: {auc: 0.8}", with: "").replacing("warmup: 60 s, ", with: "")
      let scenario = try Scenario.parse(
        text: text, file: "s.yaml", catalog: catalog, tracePath: path)
      let run = try scenario.prepare(policy: 0)
      #expect(run.fleet.arrivals == .capped(concurrency: 7))
      var source = try run.makeSource()
      var count = 0
      while let query = try source.next() {
        #expect(query.context.patience == SimDuration(rounding: 2))
        count += 1
      }
      #expect(count == 3)
    }
  }

  @Test func `a rate can be capped`() throws {
    let scenario = try changed(("rate: 4}", "rate: 4, max_concurrency: 32}"))
    #expect(try scenario.prepare(policy: 0).fleet.arrivals == .capped(concurrency: 32))
    #expect(try changed().prepare(policy: 0).fleet.arrivals == .open)
  }

  @Test func `a session goes back to its replica where the route says so`() throws {
    let scenario = try changed(("route: round-robin", "route: session-affinity"))
    #expect(scenario.policies[1].route == .sessionAffinity)
    var policy = try scenario.prepare(policy: 1).makePolicy()
    var busy = ReplicaView()
    busy.waitingRequests = 9
    func decide(_ replicas: [ReplicaView]) throws -> Decision {
      try policy.decide(
        RequestView(
          id: 1, arrival: .zero, task: 0, promptTokens: 5, session: 4, estimatedDifficulty: 0.1),
        in: FleetView(now: .zero, replicas: replicas, replicasByArm: [[0, 1], [0, 1], [2]]))
    }
    #expect(try decide([busy, ReplicaView(), busy]) == .serve(arm: 0, replica: 1))
    #expect(try decide([ReplicaView(), busy, busy]) == .serve(arm: 0, replica: 1))
  }

  @Test func `a policy may have its pools' engines otherwise, and nobody else's`() throws {
    let scenario = try changed(
      ("choose: {arm: direct}", "choose: {arm: direct}, engine: {max_num_seqs: 9, max_waiting: 5}"))
    let own = try scenario.prepare(policy: 0).fleet.pools[0]
    #expect(own.limits.batchRowLimit == 9 && own.rules.waitingLimit == 5)
    // What it does not name is as the pool says.
    #expect(own.limits.iterationTokenBudget == 4096)
    for run in [try scenario.prepare(policy: 1), try scenario.prepareFixedArm(0)] {
      #expect(run.fleet.pools[0].limits.batchRowLimit == 128)
      #expect(run.fleet.pools[0].rules.waitingLimit == nil)
    }
  }

  @Test func `a policy's engine must have rows for the samples of its arms`() throws {
    let error = #expect(throws: InputError.self) {
      try changed(("route: least-loaded", "engine: {max_num_seqs: 4}"))
    }
    #expect(
      error?.description == "s.yaml:32:13: max_num_seqs of pool small is 4 in policies[2]; "
        + "expected at least the 5 samples of arm vote")
  }

  @Test func `a policy's engine is overruled by the command line alone`() throws {
    let text = validText.replacing(
      "choose: {arm: direct}", with: "choose: {arm: direct}, engine: {max_num_seqs: 9}")
    let scenario = try Scenario.parse(
      text: text, file: "s.yaml", catalog: catalog, engineArguments: ["--max-num-seqs 33"])
    #expect(try scenario.prepare(policy: 0).fleet.pools[0].limits.batchRowLimit == 33)
  }
}
