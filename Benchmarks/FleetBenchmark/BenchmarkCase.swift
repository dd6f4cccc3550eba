/// One load on one fleet.
struct BenchmarkCase: Sendable {
  /// As the command line names it.
  var slug: String
  /// One line for people.
  var title: String
  /// Requests of a full run, of a smoke run, and of the reference engine, which is slow.
  var requests: Int
  var smokeRequests = 60
  var referenceRequests = 500
  /// Runs whose times are added up, where one is too short to be timed.
  var repetitions = 1
  /// Whether `requests.csv` and `timeseries.csv` are written.
  var writesTables = false
  /// Whether it is run only when asked for.
  var isLong = false
  /// A trace below the folder of shared data, which is not part of the project.
  var tracePath: String?
  /// The scenario with so many requests, as a user would write it.
  var scenario: @Sendable (Int) -> String
}

extension BenchmarkCase {
  /// Requests a second that saturate one replica of `fleet` on `prompt` and `output`: measured with
  /// 400 requests in flight on each (docs/performance.md).
  static let saturation = 21.9

  /// Means as in the figures: 1,000 tokens in, 200 out; right and wrong is drawn too.
  private static let chat =
    "{task: mmlu, share: 1, prompt: {exponential: {mean: 1000}, max: 8000}, "
    + "output: {exponential: {mean: 200}, max: 2000}}"

  /// Poisson arrivals at `load` of what the replicas can serve.
  static func chat(
    _ slug: String, _ title: String, replicas: Int, load: Double, requests: Int,
    referenceRequests: Int = 500
  ) -> Self {
    Self(
      slug: slug, title: title, requests: requests, referenceRequests: referenceRequests
    ) { count in
      scenario(
        workload: """
            requests: \(count)
            arrivals: {process: poisson, rate: \(load * saturation * Double(replicas))}
            tasks:
              - \(chat)
          """, replicas: replicas)
    }
  }

  /// A scenario of one pool, one arm and one policy.
  static func scenario(
    workload: String, replicas: Int, strategy: String = "direct", engine: String = "{}",
    route: String = "round-robin"
  ) -> String {
    """
    seed: 1
    workload:
    \(workload)
    fleet:
      pools:
        - {name: pool, model: qwen2.5-7b, gpu: h100-sxm, replicas: \(replicas), engine: \(engine)}
    arms:
      - {name: arm, model: qwen2.5-7b, strategy: "\(strategy)"}
    policies:
      - {name: policy, choose: {arm: arm}, route: \(route)}

    """
  }
}
