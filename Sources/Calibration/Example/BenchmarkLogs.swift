internal import FleetEngine
internal import Foundation
internal import Quantities

/// Writes runs as `vllm bench serve --save-detailed` does, and one `nvidia-smi` log beside them.
struct BenchmarkLogs {
  let timeline: ExampleTimeline
  let truth: ExampleTruth

  func write(to folder: URL) throws {
    for placed in timeline.runs {
      let run = placed.simulated.run
      let name = "\(run.model)-c\(run.concurrency).json"
      try Data(json(placed).utf8).write(to: folder.appending(path: name))
    }
    try Data(powerCSV.utf8).write(to: folder.appending(path: "power.csv"))
  }

  private static func decimals(_ values: [Double], _ count: Int) -> String {
    "[" + values.map { String(format: "%.\(count)f", $0) }.joined(separator: ", ") + "]"
  }

  private func gaps(_ record: RequestRecord) -> [Double] {
    let count = record.outputTokens - 1
    guard count > 0 else { return [] }
    let noise = ExampleNoise("gaps")
    let mean = (record.end - record.firstToken).seconds / Double(count)
    return (0..<count).map { mean * noise.factor(truth.gapNoise, Int(record.id), $0) }
  }

  private func json(_ placed: ExampleTimeline.Placed) -> String {
    let records = placed.simulated.records.sorted { $0.id < $1.id }
    let gaps = records.map(gaps)
    let first = records.map { $0.timeToFirstToken.seconds + truth.clientOverhead }
    // What the client does before a request reaches the engine comes before its arrival there.
    let starts = records.map { placed.start + $0.arrival.seconds - truth.clientOverhead }
    let duration = placed.simulated.seconds
    let output = records.reduce(0) { $0 + $1.outputTokens }
    return """
      {"date": "\(date(placed.start + duration))", "backend": "vllm", \
      "model_id": "\(placed.simulated.run.model)", "num_prompts": \(records.count), \
      "request_rate": "inf", "max_concurrency": \(placed.simulated.run.concurrency), \
      "duration": \(duration), "completed": \(records.count), "failed": 0, \
      "total_input_tokens": \(records.reduce(0) { $0 + $1.promptTokens }), \
      "total_output_tokens": \(output), "output_throughput": \(Double(output) / duration),
      "input_lens": \(records.map(\.promptTokens)),
      "output_lens": \(records.map(\.outputTokens)),
      "ttfts": \(Self.decimals(first, 6)),
      "start_times": \(Self.decimals(starts, 6)),
      "itls": [\(gaps.map { Self.decimals($0, 6) }.joined(separator: ",\n"))],
      "errors": \(records.map { _ in "" })}

      """
  }

  /// The local calendar when the benchmark's clock shows `time`, as vLLM writes it.
  private func date(_ time: Double) -> String {
    CalendarText.of(time + truth.clockOffset).replacing("/", with: "")
      .replacing(":", with: "").replacing(" ", with: "-").prefix { $0 != "." }.description
  }

  /// A sample is the mean of the last second, as NVML gives it.
  private var powerCSV: String {
    let noise = ExampleNoise("power")
    var text = "timestamp, index, power.draw [W]\n"
    let average = Int((1 / ExampleTimeline.step).rounded())
    for step in stride(from: average, through: timeline.joules.count, by: 2) {
      let joules = timeline.energy(step) - timeline.energy(step - average)
      let watts = joules / (Double(average) * ExampleTimeline.step)
      let time = ExampleTimeline.origin + Double(step) * ExampleTimeline.step
      text += "\(CalendarText.of(time + truth.clockOffset)), 0, "
      text += String(format: "%.2f W\n", watts * noise.factor(truth.powerNoise, step))
    }
    return text
  }
}

/// Calendar times as nvidia-smi writes them.
enum CalendarText {
  /// `2025/01/31 13:05:59.123` of seconds since 1970 on a clock without a zone.
  static func of(_ seconds: Double) -> String {
    let milliseconds = Int((seconds * 1e3).rounded())
    let (day, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
    let date = civil(day)
    return String(
      format: "%04d/%02d/%02d %02d:%02d:%02d.%03d", date.year, date.month, date.day,
      rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000)
  }

  /// The Gregorian date of a day since 1970: the inverse of `CalendarTime.daysSince1970`.
  private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
    var year = 1970 + day / 366
    while CalendarTime.daysSince1970(year: year + 1, month: 1, day: 1) <= day { year += 1 }
    var month = 1
    while month < 12, CalendarTime.daysSince1970(year: year, month: month + 1, day: 1) <= day {
      month += 1
    }
    return (
      year, month, day - CalendarTime.daysSince1970(year: year, month: month, day: 1) + 1
    )
  }
}
