internal import Scenarios

/// Configurations of the ML.ENERGY benchmark: a leaderboard file of version 3 (one model and task,
/// a list of configurations) or one configuration of version 2.
struct MLEnergyReader {
  private static let milli = 1e-3

  let place: LogPlace
  let json: LogJSON

  static func recognises(_ json: LogJSON) -> Bool {
    json["configurations"]?.elements != nil || json["Energy/req (J)"] != nil
  }

  func runs() throws -> [BenchmarkRun] {
    guard let configurations = json["configurations"]?.elements else { return [try version2()] }
    return try configurations.map(version3)
  }

  /// Power is that of all GPUs of the configuration.
  private func version3(_ row: LogJSON) throws -> BenchmarkRun {
    func number(_ key: String) throws -> Double {
      let value = try place.number(key, of: row)
      guard value > 0 else { throw place.error("\(key) is \(value)", expected: "a number > 0") }
      return value
    }
    let (rows, rate) = (
      try number("avg_batch_size"), try number("output_throughput_tokens_per_sec")
    )
    // Published files hold how the model was spread in a record of its own.
    let spread = row["parallelization"] ?? row
    func count(_ key: String) throws -> Int? {
      try place.optionalNumber(key, of: spread).flatMap { Int(exactly: $0) }
    }
    let median = try place.optionalNumber("median_itl_ms", of: row)
    var run = BenchmarkRun(place: place)
    run.facts = RunFacts(
      model: (row["model_id"] ?? json["model_id"] ?? json["model"])?.text,
      gpu: row["gpu_model"]?.text)
    run.facts.take(
      gpus: Int(exactly: try number("num_gpus")), tensor: try count("tensor_parallel"),
      data: try count("data_parallel"), expert: try count("expert_parallel"))
    run.summary = ServingSummary(
      decodeRows: rows, outputTokens: try number("avg_output_len"),
      interTokenSeconds: rows / rate, holdsOwnPrompt: true,
      medianInterTokenSeconds: median.map { $0 * Self.milli },
      wattsPerGPU: try number("avg_power_watts") / number("num_gpus"),
      task: (row["task"] ?? json["task"])?.text, loop: try loop(row, rows))
    return run
  }

  /// The loop as its lengths of outputs make it, scaled to the rows that it decoded.
  private func loop(_ row: LogJSON, _ rows: Double) throws -> ClosedLoop? {
    guard let spread = row["output_length_distribution"],
      let inFlight = try place.optionalNumber("max_num_seqs", of: row), inFlight > 0
    else { return nil }
    guard let edges = try place.optionalNumbers("bins", of: spread),
      let counts = try place.optionalNumbers("counts", of: spread),
      let lengths = OutputLengths(edges: edges, counts: counts)
    else {
      throw place.error(
        "output_length_distribution is no histogram",
        expected: "bins that rise, one more than counts")
    }
    return ClosedLoop(lengths, inFlight: inFlight)?.scaled(by: rows / inFlight)
  }

  private func version2() throws -> BenchmarkRun {
    func number(_ key: String) throws -> Double {
      let value = try place.number(key, of: json)
      guard value > 0 else { throw place.error("\(key) is \(value)", expected: "a number > 0") }
      return value
    }
    let (rows, rate) = (try number("Avg BS (reqs)"), try number("Token tput (tok/s)"))
    let output = try number("Avg Output Tokens")
    let degree = try number("TP")
    var run = BenchmarkRun(place: place)
    run.facts = RunFacts(
      model: json["Model"]?.text, gpu: json["GPU"]?.text, tensorParallelDegree: Int(exactly: degree)
    )
    run.summary = ServingSummary(
      decodeRows: rows, outputTokens: output, interTokenSeconds: rows / rate,
      holdsOwnPrompt: true, wattsPerGPU: try number("Energy/req (J)") / output * rate / degree,
      task: "mlenergy-v2")
    return run
  }
}
