import Foundation
import Scenarios
import TestSupport
import Testing
import Workloads

@testable import Reports

struct TraceViewerTests {
  private struct Trace: Decodable {
    struct Event: Decodable {
      var ph: String
      var name: String
      var pid: Int
      var tid: Int?
      var ts: Double?
      var dur: Double?
    }
    var traceEvents: [Event]
  }

  private static let scenario = """
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

  @Test func `every request has its phases on a track of its replica, and none overlap`()
    async throws
  {
    let folder = SharedData.packageRoot.appending(path: "calibration").path
    let scenario = try Scenario.parse(
      text: Self.scenario, file: "tiny.yaml", catalog: Catalog.load(path: folder))
    let data = try await TraceViewerFile.data(of: scenario.preparedRuns(), threadLimit: 1)
    let events = try JSONDecoder().decode(Trace.self, from: data).traceEvents
    let names = events.filter { $0.name == "process_name" }.map(\.pid)
    // The fleet's counters, and two replicas.
    #expect(names == [1, 2, 3])
    var source = try scenario.makeSource()
    var count = 0
    while try source.next() != nil { count += 1 }
    let slices = events.filter { $0.ph == "X" }
    #expect(slices.count { $0.name == "prefill" } == count)
    let tracks = Dictionary(grouping: slices) { [$0.pid, $0.tid ?? 0] }
    for track in tracks.values {
      let sorted = track.sorted { ($0.ts ?? 0) < ($1.ts ?? 0) }
      for (a, b) in zip(sorted, sorted.dropFirst()) {
        #expect((a.ts ?? 0) + (a.dur ?? 0) <= (b.ts ?? 0) + 1e-3)
      }
    }
    #expect(events.contains { $0.ph == "C" && $0.name == "power" })
  }
}
