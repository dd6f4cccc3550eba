/// A scenario small enough for a debug build to simulate at once.
enum TinyScenario {
  static let text = """
    question: What does a tiny fleet spend?
    seed: 7
    workload:
      duration: 20 s
      arrivals: {process: poisson, rate: 2}
      tasks:
        - {task: mmlu, share: 0.5}
        - {task: gsm8k, share: 0.5}
    fleet:
      pools:
        - {name: small, model: qwen2.5-7b, gpu: h100-sxm, replicas: 2}
    arms:
      - {name: direct, model: qwen2.5-7b, strategy: direct}
      - {name: vote, model: qwen2.5-7b, strategy: "majority-vote:k=3"}
    policies:
      - {name: direct, choose: {arm: direct}, route: round-robin}
      - name: by-difficulty
        choose: {threshold: difficulty, at: 0.5, below: direct, above: vote, estimator: {correlation: 0.7}}
        route: least-loaded
    comparison: {replications: 3, calibration_draws: 2}

    """

  static let trace = """
    question: What does a tiny trace spend?
    seed: 7
    workload:
      trace: {format: azure-2023, path: trace.csv}
    fleet:
      pools:
        - {name: chat, model: llama-3.1-8b, gpu: h100-sxm, replicas: 1}
    arms:
      - {name: 8b, model: llama-3.1-8b, strategy: direct}
    policies:
      - {name: only, choose: {arm: 8b}, route: round-robin}

    """

  /// A trace of `rows` requests, line `broken` (the header is line 1) no number.
  static func traceText(rows: Int, broken: Int? = nil) -> String {
    var lines = ["TIMESTAMP,ContextTokens,GeneratedTokens"]
    for row in 0..<rows {
      let output = broken == row + 2 ? "many" : "\(10 + row % 7)"
      let seconds = row < 10 ? "0\(row)" : "\(row)"
      lines.append("2023-11-16 18:15:\(seconds).0000000,\(100 + row),\(output)")
    }
    return lines.joined(separator: "\r\n")
  }
}
