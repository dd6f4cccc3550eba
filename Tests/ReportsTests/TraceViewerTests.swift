import FleetEngine
import Foundation
import Quantities
import Scenarios
import Studies
import TestSupport
import Testing
import Workloads

@testable import Reports

struct TraceViewerTests {
  private struct Trace: Decodable {
    struct Event: Decodable {
      struct Details: Decodable {
        var name: String?
        var energy: Double?
        var decodeRows: Int?

        enum CodingKeys: String, CodingKey {
          case name
          case energy = "energy_j"
          case decodeRows = "decode_rows"
        }
      }

      var ph: String
      var name: String
      var cat: String?
      var pid: Int
      var tid: Int?
      var ts: Double?
      var dur: Double?
      var args: Details
    }
    var traceEvents: [Event]
  }

  private static let text = """
    seed: 7
    workload:
      duration: 5 s
      arrivals: {process: poisson, rate: 8}
      tasks: [{name: chat, prompt: 300, output: {exponential: {mean: 40}}}]
    fleet:
      pools: [{name: small, model: qwen2.5-7b, gpu: h100-sxm, replicas: 2}]
    arms: [{name: direct, model: qwen2.5-7b, strategy: direct}]
    policies: [{name: direct, choose: {arm: direct}}]

    """

  private static func scenario() throws -> Scenario {
    let folder = SharedData.packageRoot.appending(path: "calibration").path
    return try Scenario.parse(
      text: text, file: "tiny.yaml", catalog: Catalog.load(path: folder))
  }

  private static func events(_ scenario: Scenario) async throws -> [Trace.Event] {
    let data = try await TraceViewerFile.data(of: scenario.preparedRuns(), threadLimit: 1)
    return try JSONDecoder().decode(Trace.self, from: data).traceEvents
  }

  @Test func `every event is of the format, and of a process and a track that have names`()
    async throws
  {
    let events = try await Self.events(Self.scenario())
    // The fleet's counters, and two replicas; viewers keep 0 for themselves.
    let processes = events.filter { $0.name == "process_name" }
    #expect(processes.map(\.pid) == [1, 2, 3])
    #expect(
      processes.compactMap(\.args.name) == ["direct: fleet", "direct: small 0", "direct: small 1"])
    let threads = events.filter { $0.name == "thread_name" }
    #expect(Set(threads.compactMap(\.tid)).count == threads.count)
    let tracks = Set(threads.map { [$0.pid, $0.tid ?? 0] })
    var counterTimes: [String: Double] = [:]
    for event in events {
      #expect(event.pid > 0)
      switch event.ph {
      case "M": #expect(event.ts == nil && event.dur == nil)
      case "X":
        #expect(tracks.contains([event.pid, event.tid ?? 0]))
        #expect((event.ts ?? -1) >= 0 && (event.dur ?? 0) > 0)
      case "C":
        #expect(event.pid == 1 && event.tid == nil)
        #expect(event.ts ?? -1 > counterTimes[event.name] ?? -1)
        counterTimes[event.name] = event.ts
      default: Issue.record("phase \(event.ph)")
      }
    }
    #expect(
      counterTimes.keys.sorted() == [
        "KV cache", "busy replicas", "power", "running rows", "waiting requests",
      ])
  }

  @Test func `every request has its phases on a track of its replica, and none overlap`()
    async throws
  {
    let scenario = try Self.scenario()
    let slices = try await Self.events(scenario).filter { $0.ph == "X" }
    var source = try scenario.makeSource()
    var count = 0
    while try source.next() != nil { count += 1 }
    #expect(slices.count { $0.name == "prefill" && $0.cat == "request" } == count)
    let tracks = Dictionary(grouping: slices) { [$0.pid, $0.tid ?? 0] }
    for track in tracks.values {
      let sorted = track.sorted { ($0.ts ?? 0) < ($1.ts ?? 0) }
      for (a, b) in zip(sorted, sorted.dropFirst()) {
        #expect((a.ts ?? 0) + (a.dur ?? 0) <= (b.ts ?? 0) + 1e-3)
      }
    }
  }

  @Test func `iterations are those of the run, with its joules and rows`() async throws {
    let scenario = try Self.scenario()
    let iterations = try await Self.events(scenario).filter { $0.cat == "iteration" }
    let run = try await RunExecutor(threadLimit: 1).execute(scenario.preparedRuns())[0].result
    #expect(iterations.count == run.iterations)
    let joules = iterations.reduce(0) { $0 + ($1.args.energy ?? 0) }
    let computing = (run.energy.prefill + run.energy.decode).joules
    #expect(abs(joules / computing - 1) < 1e-9)
    #expect(iterations.reduce(0) { $0 + ($1.args.decodeRows ?? 0) } == run.decodeRowSum)
  }
}
