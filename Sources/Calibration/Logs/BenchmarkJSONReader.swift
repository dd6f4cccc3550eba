internal import Foundation
internal import Scenarios

/// Runs of `vllm bench serve` (one JSON object) and of SGLang's `bench_serving` and
/// `bench_one_batch` (JSON lines), which share most names; docs/calibrate-your-fleet.md lists them.
struct BenchmarkJSONReader {
  private static let milli = 1e-3

  let place: LogPlace
  let json: LogJSON

  /// Whether an object looks like one of these runs.
  static func recognises(_ json: LogJSON) -> Bool {
    let isServing = json["total_output_tokens"] != nil && json["duration"] != nil
    return isServing || isOneBatch(json)
  }

  private static func isOneBatch(_ json: LogJSON) -> Bool {
    json["batch_size"] != nil && json["median_decode_latency"] != nil
  }

  func run() throws -> BenchmarkRun {
    if Self.isOneBatch(json) { return try oneBatch() }
    var run = BenchmarkRun(place: place, facts: facts)
    run.duration = try place.number("duration", of: json)
    run.maxConcurrency = try place.optionalNumber("max_concurrency", of: json)
    run.endLocal = json["date"]?.text.flatMap(CalendarTime.seconds)
    run.medianInterTokenSeconds = try place.optionalNumber("median_itl_ms", of: json)
      .map { $0 * Self.milli }
    if json["ttfts"] != nil, json["itls"] != nil {
      try readRequests(into: &run)
    } else {
      run.summary = try summary()
    }
    return run
  }

  private var facts: RunFacts {
    let server = json["server_info"]
    let degree = (json["tensor_parallel_size"] ?? json["tp_size"] ?? server?["tp_size"])?.number
    return RunFacts(
      model: (json["model_id"] ?? json["model"] ?? server?["model_path"])?.text,
      gpu: (json["gpu"] ?? json["gpu_model"])?.text,
      tensorParallelDegree: degree.flatMap { Int(exactly: $0) })
  }

  // MARK: Request by request

  private func list(_ key: String) throws -> [Double] {
    guard let numbers = try place.optionalNumbers(key, of: json) else {
      throw place.error(
        "missing key \"\(key)\" beside ttfts and itls",
        expected: "all of input_lens, output_lens, ttfts, itls (--save-detailed)")
    }
    return numbers
  }

  /// Gaps are raw: a gap may carry several tokens, so tokens are those that the file counts.
  private func readRequests(into run: inout BenchmarkRun) throws {
    let (prompts, outputs) = (try list("input_lens"), try list("output_lens"))
    let first = try list("ttfts")
    let starts = try place.optionalNumbers("start_times", of: json)
    guard let gaps = json["itls"]?.elements else {
      throw place.error("itls is \(json["itls"]?.kind ?? "missing")", expected: "a list of lists")
    }
    let counts = [
      prompts.count, outputs.count, first.count, gaps.count, starts?.count ?? first.count,
    ]
    guard Set(counts).count == 1 else {
      throw place.error(
        "input_lens, output_lens, ttfts, itls and start_times have \(counts) entries",
        expected: "as many in each")
    }
    let errors = json["errors"]?.elements
    var allGaps: [Double] = []
    for i in first.indices {
      guard let own = gaps[i].numbers, own.allSatisfy({ $0 >= 0 }) else {
        throw place.error("itls[\(i)] is \(gaps[i].kind)", expected: "gaps in seconds, each ≥ 0")
      }
      let failed = errors.map { i < $0.count && !($0[i].text ?? "").isEmpty } ?? false
      guard !failed, outputs[i] >= 1, prompts[i] >= 1, first[i] > 0 else {
        run.droppedRequests += 1
        continue
      }
      allGaps += own
      run.requests.append(
        LoggedRequest(
          start: starts?[i], promptTokens: prompts[i], outputTokens: outputs[i],
          firstTokenSeconds: first[i], decodeSeconds: own.reduce(0, +)))
    }
    guard !run.requests.isEmpty else {
      throw place.error("no request of the run succeeded", expected: "requests with output")
    }
    run.medianInterTokenSeconds = Self.median(&allGaps) ?? run.medianInterTokenSeconds
    run.clock = starts?.first.map(LogClock.guess) ?? .monotonic
  }

  static func median(_ values: inout [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    values.sort()
    return values[values.count / 2]
  }

  // MARK: In means

  /// Sequences that decode at a time follow from Little's law: tokens per second times the time
  /// that each is waited for.
  private func summary() throws -> ServingSummary {
    let completed = try place.number("completed", of: json)
    let output = try place.number("total_output_tokens", of: json)
    let input = try place.number("total_input_tokens", of: json)
    let seconds = try place.number("duration", of: json)
    let perToken = try place.optionalNumber("mean_tpot_ms", of: json)
    let gap = try place.optionalNumber("mean_itl_ms", of: json)
    guard let mean = (perToken ?? gap).map({ $0 * Self.milli }), mean > 0, completed > 0,
      seconds > 0, output > completed, input > 0
    else {
      throw place.error(
        "the run has no time per token",
        expected: "mean_tpot_ms or mean_itl_ms, and more output tokens than requests")
    }
    return ServingSummary(
      decodeRows: (output - completed) / seconds * mean, promptTokens: input / completed,
      outputTokens: output / completed, interTokenSeconds: mean,
      medianInterTokenSeconds: try place.optionalNumber("median_itl_ms", of: json)
        .map { $0 * Self.milli },
      firstTokenSeconds: try place.optionalNumber("mean_ttft_ms", of: json)
        .map { $0 * Self.milli })
  }

  /// One static batch: every row at the same context, no prompt beside it.
  private func oneBatch() throws -> BenchmarkRun {
    let rows = try place.number("batch_size", of: json)
    let seconds = try place.number("median_decode_latency", of: json)
    let input = try place.number("input_len", of: json)
    let output = try place.number("output_len", of: json)
    guard rows >= 1, seconds > 0, input >= 1, output >= 1 else {
      throw place.error(
        "batch_size, input_len, output_len or median_decode_latency is not positive",
        expected: "numbers > 0")
    }
    var run = BenchmarkRun(place: place, facts: facts)
    run.summary = ServingSummary(
      decodeRows: rows, promptTokens: input, outputTokens: output, interTokenSeconds: seconds)
    run.isStaticBatch = true
    return run
  }
}
