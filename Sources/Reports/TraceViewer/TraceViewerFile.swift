internal import FleetEngine
public import Foundation
internal import Quantities
public import Scenarios
internal import Studies
internal import Synchronization

/// A run as a file that Perfetto (ui.perfetto.dev) and chrome://tracing open: each replica is a
/// process with a track of its iterations and a track for each place in its batch, where a request
/// is a row of slices (queued, prefill, decode); the fleet's power, queue and rows are counters.
public enum TraceViewerFile {
  /// Requests of a policy that are drawn: viewers grow slow with more.
  public static let mostRequests = 100_000
  /// Iterations of a policy that are drawn one by one; those that follow are drawn by stretches of
  /// an unchanged batch.
  public static let mostIterations = 50_000
  /// Stretches of a policy that are drawn.
  public static let mostStretches = 100_000

  /// Simulates the runs and gives the file. They are simulated for it alone; the same scenario and
  /// seed give the same run.
  public static func data(of runs: [PreparedRun], threadLimit: Int) async throws -> Data {
    let parts = Mutex<[Int: TraceViewerRecorder.Record]>([:])
    _ = try await RunExecutor(threadLimit: threadLimit).execute(runs) { index in
      TraceViewerRecorder(requestLimit: mostRequests, stretchLimit: mostStretches) { record in
        parts.withLock { $0[index] = record }
      }
    }
    let kept = parts.withLock { $0 }
    var events = TraceViewerEvents()
    for (index, run) in runs.enumerated() {
      guard let record = kept[index] else { continue }
      events.add(run, record)
    }
    return events.data
  }
}

extension TraceViewerEvents {
  fileprivate mutating func add(_ run: PreparedRun, _ record: TraceViewerRecorder.Record) {
    add(counters: record.samples, of: run.policyName)
    var names: [String] = []
    for pool in run.fleet.pools {
      names += (0..<pool.replicaCount).map { "\(run.policyName): \(pool.name) \($0)" }
    }
    let spans = Dictionary(grouping: record.spans, by: \.replica)
    var iterationsLeft = TraceViewerFile.mostIterations
    let single = record.stretches.prefix {
      iterationsLeft -= $0.iterations
      return iterationsLeft >= 0
    }
    let marked = record.stretches.enumerated().map { (stretch: $1, isSingle: $0 < single.count) }
    let stretches = Dictionary(grouping: marked, by: \.stretch.replica)
    for (replica, name) in names.enumerated() {
      guard spans[replica] != nil || stretches[replica] != nil else { continue }
      beginProcess(name)
      add(iterations: stretches[replica] ?? [])
      add(requests: spans[replica] ?? [], arms: run.fleet.arms.map(\.name))
    }
  }

  private mutating func add(
    counters samples: [TraceViewerRecorder.Sample], of policy: String
  ) {
    beginProcess("\(policy): fleet")
    for sample in samples {
      let values: [(String, String, String)] = [
        ("power", "W", Self.number(sample.watts)),
        ("running rows", "rows", "\(sample.runningRows)"),
        ("waiting requests", "requests", "\(sample.waitingRequests)"),
        ("busy replicas", "replicas", "\(sample.busyReplicas)"),
        ("KV cache", "share", Self.number(sample.kvUsage)),
      ]
      for (name, unit, value) in values {
        counter(name, at: sample.start, "\"\(unit)\":\(value)")
      }
    }
  }

  /// Single stretches are drawn iteration by iteration.
  private mutating func add(iterations stretches: [(stretch: StretchRecord, isSingle: Bool)]) {
    guard !stretches.isEmpty else { return }
    let track = beginTrack("iterations")
    for (stretch, isSingle) in stretches {
      let kind =
        stretch.prefillTokens == 0 ? "decode" : stretch.decodeRows == 0 ? "prefill" : "mixed"
      guard isSingle else {
        slice(
          "\(stretch.iterations) × \(kind)", "iteration", on: track,
          stretch.start.viewerNanoseconds,
          stretch.time(afterIterations: stretch.iterations).viewerNanoseconds,
          Self.details(stretch, context: 0, stretch.energy))
        continue
      }
      for index in 0..<stretch.iterations {
        slice(
          kind, "iteration", on: track,
          stretch.time(afterIterations: index).viewerNanoseconds,
          stretch.time(afterIterations: index + 1).viewerNanoseconds,
          Self.details(
            stretch, context: index * stretch.decodeRows, stretch.energy(ofIteration: index)))
      }
    }
  }

  private static func details(_ stretch: StretchRecord, context: Int, _ energy: Energy) -> String {
    "\"decode_rows\":\(stretch.decodeRows),\"prefill_tokens\":\(stretch.prefillTokens),"
      + "\"context_tokens\":\(stretch.decodeContextTokens + context),\"energy_j\":"
      + number(energy.joules)
  }

  /// Each request on the first track that is free when it comes.
  private mutating func add(requests spans: [TraceViewerRecorder.Span], arms: [String]) {
    var tracks: [(id: Int, freeFrom: UInt64)] = []
    for span in spans.sorted(by: { ($0.arrival, $0.id) < ($1.arrival, $1.id) }) {
      let place = tracks.firstIndex { $0.freeFrom <= span.arrival } ?? tracks.count
      if place == tracks.count {
        tracks.append((beginTrack("requests \(place + 1)"), 0))
      }
      tracks[place].freeFrom = span.end
      let arm = arms.indices.contains(span.arm) ? arms[span.arm] : ""
      let details =
        "\"request\":\(span.id),\"arm\":\(Self.quoted(arm)),\"prompt_tokens\":"
        + "\(span.promptTokens),\"output_tokens\":\(span.outputTokens),\"preemptions\":"
        + "\(span.preemptions),\"energy_j\":\(Self.number(Double(span.microjoules) / 1e6))"
      let phases = [
        ("queued", span.arrival, span.scheduled), ("prefill", span.scheduled, span.firstToken),
        ("decode", span.firstToken, span.end),
      ]
      for (phase, start, end) in phases where end > start {
        slice(phase, "request", on: tracks[place].id, start, end, details)
      }
    }
  }
}
