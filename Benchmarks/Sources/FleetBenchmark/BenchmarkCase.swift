/// One load on one fleet: prompts of 1,000 and outputs of 200 tokens in the mean, both
/// exponential, Poisson arrivals at a share of what the replicas can serve.
struct BenchmarkCase {
  var name: String
  var replicas: Int
  /// Requests per second on each replica.
  var rate: Double
  var requests: Int

  /// The scenario, as a user would write it.
  var scenario: String {
    """
    seed: 1
    workload:
      requests: \(requests)
      arrivals: {process: poisson, rate: \(rate * Double(replicas))}
      tasks:
        - name: chat
          share: 1
          prompt: {exponential: {mean: 1000}, max: 8000}
          output: {exponential: {mean: 200}, max: 2000}
    fleet:
      pools:
        - {name: pool, model: llama-3.1-8b, gpu: h100-sxm, replicas: \(replicas)}
    arms:
      - {name: arm, model: llama-3.1-8b, strategy: direct}
    policies:
      - {name: policy, choose: {arm: arm}, route: round-robin}

    """
  }

  static func all(scale: Int) -> [BenchmarkCase] {
    [
      BenchmarkCase(name: "1 replica, busy", replicas: 1, rate: 15, requests: 200_000 / scale),
      BenchmarkCase(name: "64 replicas, busy", replicas: 64, rate: 15, requests: 400_000 / scale),
      BenchmarkCase(
        name: "1,024 replicas, busy", replicas: 1024, rate: 15, requests: 400_000 / scale),
      BenchmarkCase(
        name: "64 replicas, mostly idle", replicas: 64, rate: 1.5, requests: 100_000 / scale),
    ]
  }
}
