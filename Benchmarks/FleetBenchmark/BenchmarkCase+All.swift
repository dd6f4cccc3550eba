extension BenchmarkCase {
  static let all: [BenchmarkCase] = [
    chat("one", "1 replica, 70 % load", replicas: 1, load: 0.7, requests: 500_000),
    chat("fleet-64", "64 replicas, 70 % load", replicas: 64, load: 0.7, requests: 1_000_000),
    chat(
      "fleet-1024", "1,024 replicas, 70 % load", replicas: 1024, load: 0.7, requests: 1_000_000,
      referenceRequests: 50),
    chat("light", "64 replicas, 7 % load", replicas: 64, load: 0.07, requests: 300_000),
    reasoning, conversation, sessions, vote, tables, large, day,
  ]

  /// Outputs of 8,000 tokens in the mean, more of them in flight than the KV cache holds.
  private static let reasoning = BenchmarkCase(
    slug: "reasoning", title: "16 replicas, outputs of 8,000, preemption", requests: 20_000,
    smokeRequests: 6, referenceRequests: 50
  ) { count in
    scenario(
      workload: """
          requests: \(count)
          arrivals: {process: poisson, rate: 8}
          tasks:
            - {task: math500, share: 1, output: {exponential: {mean: 8000}, max: 30000}}
        """, replicas: 16, strategy: "chain-of-thought", engine: "{num_gpu_blocks: 40000}")
  }

  /// An hour of recorded requests.
  private static let conversation = BenchmarkCase(
    slug: "azure", title: "8 replicas, Azure conversation replay", requests: .max, repetitions: 20,
    tracePath: "traces/azure-llm-2023/AzureLLMInferenceTrace_conv.csv"
  ) { _ in
    scenario(
      workload: """
          trace: {format: azure-2023}
        """, replicas: 8, route: "least-loaded")
  }

  /// Conversations that repeat what was said before, with the prefix cache on. Counted in
  /// sessions of six turns.
  private static let sessions = BenchmarkCase(
    slug: "sessions", title: "64 replicas, sessions, prefix cache", requests: 300_000
  ) { count in
    scenario(
      workload: """
          sessions: \(max(1, count / 6))
          arrivals:
            process: sessions
            rate: 100
            turns: {exponential: {mean: 6}, max: 30}
            think_time: {lognormal: {mean: 25 s, ln_sd: 1}}
            system_prompt: {tokens: 1500, groups: 20}
            max_context: 30000
          tasks:
            - {name: assistant, prompt: {exponential: {mean: 200}}, output: {exponential: {mean: 250}}}
        """, replicas: 64, engine: "{enable_prefix_caching: true}", route: "session-affinity")
  }

  private static let vote = BenchmarkCase(
    slug: "vote-8", title: "64 replicas, majority vote of 8", requests: 200_000,
    referenceRequests: 200
  ) { count in
    scenario(
      workload: """
          requests: \(count)
          arrivals: {process: poisson, rate: 150}
          tasks:
            - {task: gsm8k, share: 1}
        """, replicas: 64, strategy: "majority-vote:k=8")
  }

  private static let tables: BenchmarkCase = {
    var item = chat(
      "tables", "64 replicas, 70 % load, requests.csv", replicas: 64, load: 0.7,
      requests: 1_000_000)
    item.writesTables = true
    return item
  }()

  private static let large: BenchmarkCase = {
    var item = chat(
      "ten-million", "64 replicas, 70 % load, 10 million", replicas: 64, load: 0.7,
      requests: 10_000_000)
    item.isLong = true
    return item
  }()

  /// 2,000 requests a second; half an hour of them unless the whole day is asked for.
  private static let day = chat(
    "day", "1,024 replicas, 2,000 requests/s", replicas: 1024, load: 2000 / (1024 * saturation),
    requests: 3_600_000, referenceRequests: 50)

  /// Requests of a whole day at 2,000 a second.
  static let requestsOfADay = 172_800_000
}
