internal import FleetEngine
public import Foundation
public import Scenarios
internal import Studies
internal import Synchronization

/// A run as a file that Perfetto (ui.perfetto.dev) and chrome://tracing open: each replica is a
/// process whose tracks are places in its batch, each request a row of slices (queued, prefill,
/// decode), and the fleet's power, queue and rows are counters.
public enum TraceViewerFile {
  /// Requests of a policy that are drawn: viewers grow slow with more.
  public static let mostRequests = 100_000

  /// Simulates the runs and gives the file. They are simulated for it alone; the same scenario and
  /// seed give the same run.
  public static func data(of runs: [PreparedRun], threadLimit: Int) async throws -> Data {
    let parts = Mutex<[Int: ([TraceViewerRecorder.Span], [TraceViewerRecorder.Sample])]>([:])
    _ = try await RunExecutor(threadLimit: threadLimit).execute(runs) { index in
      TraceViewerRecorder(limit: mostRequests) { spans, samples in
        parts.withLock { $0[index] = (spans, samples) }
      }
    }
    let kept = parts.withLock { $0 }
    var events = TraceEvents()
    for (index, run) in runs.enumerated() {
      guard let (spans, samples) = kept[index] else { continue }
      events.add(run, spans, samples)
    }
    return events.data
  }
}

/// Events of the trace event format, as text.
private struct TraceEvents {
  private var text = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n"
  private var isFirst = true
  /// Of the next process.
  private var process = 1

  var data: Data { Data((text + "\n]}\n").utf8) }

  mutating func add(
    _ run: PreparedRun, _ spans: [TraceViewerRecorder.Span],
    _ samples: [TraceViewerRecorder.Sample]
  ) {
    counters(run.policyName, samples)
    var names: [String] = []
    for pool in run.fleet.pools {
      names += (0..<pool.replicaCount).map { "\(run.policyName): \(pool.name) \($0)" }
    }
    let byReplica = Dictionary(grouping: spans, by: \.replica)
    for (replica, name) in names.enumerated() {
      guard let spans = byReplica[replica] else { continue }
      add(name, run.fleet.arms.map(\.name), spans)
    }
  }

  private mutating func counters(_ policy: String, _ samples: [TraceViewerRecorder.Sample]) {
    named("\(policy): fleet")
    for sample in samples {
      let values: [(String, String, String)] = [
        ("power", "W", Self.number(sample.watts)),
        ("running rows", "rows", "\(sample.runningRows)"),
        ("waiting requests", "requests", "\(sample.waitingRequests)"),
        ("busy replicas", "replicas", "\(sample.busyReplicas)"),
        ("KV cache", "share", Self.number(sample.kvUsage)),
      ]
      for (name, unit, value) in values {
        event(
          "\"ph\":\"C\",\"name\":\"\(name)\",\"pid\":\(process),\"ts\":"
            + "\(Self.microseconds(sample.start)),\"args\":{\"\(unit)\":\(value)}")
      }
    }
    process += 1
  }

  /// The requests of a replica, each on the first track that is free when it comes.
  private mutating func add(
    _ name: String, _ arms: [String], _ spans: [TraceViewerRecorder.Span]
  ) {
    named(name)
    var freeFrom: [UInt64] = []
    for span in spans.sorted(by: { ($0.arrival, $0.id) < ($1.arrival, $1.id) }) {
      let track = freeFrom.firstIndex { $0 <= span.arrival } ?? freeFrom.count
      if track == freeFrom.count { freeFrom.append(0) }
      freeFrom[track] = span.end
      let arm = arms.indices.contains(span.arm) ? arms[span.arm] : ""
      let details =
        "{\"request\":\(span.id),\"arm\":\(Self.quoted(arm)),\"prompt_tokens\":"
        + "\(span.promptTokens),\"output_tokens\":\(span.outputTokens),\"preemptions\":"
        + "\(span.preemptions),\"energy_j\":\(Self.number(Double(span.microjoules) / 1e6))}"
      let phases = [
        ("queued", span.arrival, span.scheduled), ("prefill", span.scheduled, span.firstToken),
        ("decode", span.firstToken, span.end),
      ]
      for (phase, start, end) in phases where end > start {
        event(
          "\"ph\":\"X\",\"name\":\"\(phase)\",\"cat\":\"request\",\"pid\":\(process),\"tid\":"
            + "\(track + 1),\"ts\":\(Self.microseconds(start)),\"dur\":"
            + "\(Self.microseconds(end - start)),\"args\":\(details)")
      }
    }
    process += 1
  }

  private mutating func named(_ name: String) {
    event(
      "\"ph\":\"M\",\"name\":\"process_name\",\"pid\":\(process),\"args\":{\"name\":"
        + "\(Self.quoted(name))}")
    event(
      "\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":\(process),\"args\":{\"sort_index\":"
        + "\(process)}")
  }

  private mutating func event(_ members: String) {
    text += (isFirst ? "{" : ",\n{") + members + "}"
    isFirst = false
  }

  /// Nanoseconds as the format's microseconds, exactly.
  private static func microseconds(_ nanoseconds: UInt64) -> String {
    let rest = nanoseconds % 1000
    return rest == 0
      ? "\(nanoseconds / 1000)" : "\(nanoseconds / 1000).\(String(1000 + rest).dropFirst())"
  }

  private static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "0" }

  /// Names hold letters, digits and marks that JSON takes as they are, and policies those of fixed
  /// arms; anything else is escaped all the same.
  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case _ where scalar.value < 0x20: String(format: "\\u%04x", scalar.value)
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
