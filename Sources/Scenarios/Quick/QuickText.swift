internal import AnswerModels
internal import DeviceModels

/// The scenario file of a quick line, every default written out.
struct QuickText {
  enum Defaults {
    static let concurrency = 64
    /// Of a run with a rate but no end.
    static let requests = 1000
    /// Of a closed loop: so many per slot, and no fewer than `leastRequests`.
    static let requestsPerSlot = 20
    static let leastRequests = 500
    static let seed: UInt64 = 1
  }

  let text: String

  /// `devices` knows GPUs by other names.
  init(_ line: QuickLine, devices: DeviceCatalog?) throws(InputError) {
    let written = try line.required(.gpu)
    let gpu = devices?.gpuIfKnown(written)?.name ?? written
    let model = try line.required(.model)
    let strategy = try line.word(.strategy) ?? "direct"
    let replicas = try line.int(.replicas) ?? 1
    // What is wrong with the strategy is said when the text is read.
    let samples = (try? Strategy(text: strategy))?.samples ?? 1
    let arrivals = try Self.arrivals(line, replicas: replicas)
    let rows =
      try line.int(.maxRows)
      ?? max(EngineReader.Defaults.maxNumSeqs, (arrivals.concurrency ?? 1) * samples)
    let budget =
      try line.int(.tokenBudget) ?? max(EngineReader.Defaults.maxNumBatchedTokens, rows)
    text = """
      question: What does \(model) on \(gpu) draw, and how fast does it answer?
      seed: \(try line.seed() ?? Defaults.seed)
      workload:
      \(arrivals.text)
        tasks:
          - {\(try Self.task(line))}
      fleet:
      \(gpu.contains("sxm") ? "  node: hgx-8\n" : "")  pools:
          - name: quick
            model: \(model)
            gpu: \(gpu)
            tensor_parallel_size: \(try line.int(.tensorParallel) ?? 1)
            replicas: \(replicas)\(try Self.operatingPoint(line))
            engine: {max_num_seqs: \(rows), max_num_batched_tokens: \(budget)}
      arms:
        - {name: quick, model: \(model), strategy: "\(strategy)"}
      policies:
        - {name: \(QuickScenario.policyName), choose: {arm: quick}, route: least-loaded}

      """
  }

  private struct Arrivals {
    var text: String
    /// Nil where the queries come at a rate.
    var concurrency: Int?
  }

  private static func arrivals(
    _ line: QuickLine, replicas: Int
  ) throws(InputError) -> Arrivals {
    let duration = try line.duration()
    let requests = try line.int(.requests)
    guard let rate = try line.rate() else {
      guard duration == nil else {
        throw QuickLine.error(
          "duration is given for a closed loop",
          expected: "requests=…: completions alone decide when the next one comes")
      }
      let concurrency = try line.int(.concurrency) ?? Defaults.concurrency
      let (slots, overflow) = concurrency.multipliedReportingOverflow(by: replicas)
      guard !overflow, slots <= 10_000_000 else {
        throw QuickLine.error(
          "concurrency × replicas is too large", expected: "at most 10000000 in flight")
      }
      let enough = max(Defaults.leastRequests, Defaults.requestsPerSlot * slots)
      return Arrivals(
        text: """
            requests: \(requests ?? enough)
            arrivals: {process: closed-loop, concurrency: \(concurrency)}
          """, concurrency: concurrency)
    }
    guard !line.has(.concurrency) else {
      throw QuickLine.error("rate is given beside concurrency", expected: "one or the other")
    }
    var ends = duration.map { ["  duration: \($0)"] } ?? []
    if let requests = requests ?? (duration == nil ? Defaults.requests : nil) {
      ends.append("  requests: \(requests)")
    }
    ends.append("  arrivals: {process: poisson, rate: \(rate)}")
    return Arrivals(text: ends.joined(separator: "\n"), concurrency: nil)
  }

  /// The pool's lines for clock and cap, as far as they are set.
  private static func operatingPoint(_ line: QuickLine) throws(InputError) -> String {
    var text = ""
    for (key, name) in [(QuickLine.Key.clock, "clock_mhz"), (.cap, "cap_w")] {
      if let value = try line.positive(key) { text += "\n      \(name): \(value)" }
    }
    return text
  }

  /// The one entry of the mix: a task with its own lengths, or lengths alone.
  private static func task(_ line: QuickLine) throws(InputError) -> String {
    let task = try line.word(.task)
    let prompt = try line.length(.prompt)
    let output = try line.length(.output)
    var parts = ["\(task.map { "task: \($0)" } ?? "name: quick")"]
    for (key, length) in [("prompt", prompt), ("output", output)] {
      if let length {
        parts.append("\(key): \(length)")
      } else if task == nil {
        throw QuickLine.error(
          "missing key \"\(key)\"", expected: "\(key)=TOKENS, or task=NAME with its own lengths")
      }
    }
    return parts.joined(separator: ", ")
  }
}
