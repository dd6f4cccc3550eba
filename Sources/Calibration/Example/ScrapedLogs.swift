internal import FleetEngine
internal import Foundation
internal import Quantities

/// Writes runs as scrapes of vLLM's `/metrics` and as Prometheus's answer for DCGM's counters.
struct ScrapedLogs {
  /// Time between scrapes, s.
  private static let period = 5.0

  let timeline: ExampleTimeline
  let truth: ExampleTruth

  func write(to folder: URL) throws {
    try Data(engineText.utf8).write(to: folder.appending(path: "engine.prom"))
    try Data(energyJSON.utf8).write(to: folder.appending(path: "dcgm.json"))
  }

  private var scrapes: [Double] {
    Array(
      stride(
        from: ExampleTimeline.origin, through: ExampleTimeline.origin + timeline.seconds,
        by: Self.period))
  }

  /// What the counters show at an instant.
  fileprivate struct Counters {
    var gaps = 0.0
    var gapSeconds = 0.0
    var outputTokens = 0.0
    var prompts = 0.0
    var promptTokens = 0.0
    var firstTokenSeconds = 0.0
    var finished = 0.0
    var finishedOutput = 0.0
    var running = 0.0
  }

  private func counters(at time: Double) -> Counters {
    var counters = Counters()
    for placed in timeline.runs where placed.start <= time {
      for record in placed.simulated.records {
        counters.take(record, at: time - placed.start)
      }
    }
    return counters
  }

  private var engineText: String {
    var text = ""
    for time in scrapes {
      let c = counters(at: time)
      let at = "\(Int(((time + truth.clockOffset) * 1e3).rounded()))"
      text += "# TYPE vllm:generation_tokens counter\n"
      for (name, value) in [
        ("generation_tokens_total", c.outputTokens), ("prompt_tokens_total", c.promptTokens),
        ("inter_token_latency_seconds_sum", c.gapSeconds),
        ("inter_token_latency_seconds_count", c.gaps),
        ("time_to_first_token_seconds_sum", c.firstTokenSeconds),
        ("time_to_first_token_seconds_count", c.prompts),
        ("request_generation_tokens_sum", c.finishedOutput),
        ("request_generation_tokens_count", c.finished), ("num_requests_running", c.running),
      ] {
        let labels = "{engine=\"0\",model_name=\"\(timeline.runs[0].simulated.run.model)\"}"
        text += "vllm:\(name)\(labels) \(value) \(at)\n"
      }
    }
    return text
  }

  /// A counter in mJ.
  private var energyJSON: String {
    let values = scrapes.map { time -> String in
      let steps = Int(((time - ExampleTimeline.origin) / ExampleTimeline.step).rounded())
      let count = (timeline.energy(steps) * 1e3).rounded()
      return "[\(time + truth.clockOffset), \"\(Int(count))\"]"
    }
    return """
      {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": \
      {"__name__": "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "gpu": "0", \
      "modelName": "NVIDIA H100 80GB HBM3"}, "values": [\(values.joined(separator: ", "))]}]}}

      """
  }
}

extension ScrapedLogs.Counters {
  /// What a request has added by `time`, on the run's clock: tokens come evenly.
  fileprivate mutating func take(_ record: RequestRecord, at time: Double) {
    guard record.arrival.seconds <= time else { return }
    let (first, end) = (record.firstToken.seconds, record.end.seconds)
    if end > time { running += 1 }
    guard first <= time else { return }
    prompts += 1
    promptTokens += Double(record.promptTokens)
    firstTokenSeconds += record.timeToFirstToken.seconds
    let share = end > first ? min(1, (time - first) / (end - first)) : 1
    let made = Double(record.outputTokens - 1) * share
    gaps += made
    gapSeconds += (end - first) * share
    outputTokens += 1 + made
    guard end <= time else { return }
    finished += 1
    finishedOutput += Double(record.outputTokens)
  }
}
