import FleetEngine
import Foundation
import Quantities
import Scenarios
import Studies
import TestSupport
import Testing
import Workloads

/// Keeps what it is told.
private struct KeepingRecorder: RunRecorder {
  private final class Box: @unchecked Sendable { var records: [RequestRecord] = [] }
  private let box = Box()

  var records: [RequestRecord] { box.records }
  mutating func requestEnded(_ record: RequestRecord) { box.records.append(record) }
  mutating func intervalEnded(_ interval: FleetInterval) {}
  mutating func finish() {}
}

/// One query every five milliseconds; its asker waits for so long.
private struct ImpatientQueries: QuerySource {
  var queries: SteadyQueries
  var patience: SimDuration

  mutating func next() throws -> Query? {
    guard var query = try queries.next() else { return nil }
    var context = QueryContext()
    context.patience = patience
    query.context = context
    return query
  }
}

/// A scenario of this package, with a part replaced.
private func shipped(_ name: String, _ old: String, _ new: String) throws -> Scenario {
  let root = SharedData.packageRoot
  let path = root.appending(path: "scenarios/\(name).yaml").path
  let text = try String(contentsOfFile: path, encoding: .utf8)
  #expect(text.contains(old))
  return try Scenario.parse(
    text: text.replacing(old, with: new), file: path,
    catalog: Catalog.load(path: root.appending(path: "calibration").path))
}

struct ServingStudyTests {
  @Test func `what went into requests that were given up is the sum of their accounts`()
    async throws
  {
    var run = preparedRun("impatient", queries: 400)
    run.fleet.pools[0].limits.batchRowLimit = 1
    let patience = SimDuration(nanoseconds: 30_000_000)
    run.makeSource = { ImpatientQueries(queries: SteadyQueries(count: 400), patience: patience) }
    let recorder = KeepingRecorder()
    let result = try await RunExecutor(threadLimit: 1)
      .execute([run], makeRecorder: { _ in recorder })[0]
    let lost = recorder.records.filter { $0.outcome == .cancelled }
    // A query takes ten milliseconds alone, and one comes every five.
    #expect(lost.count > 150 && lost.count == result.result.requests.cancelled)
    #expect(result.result.requests.completed + lost.count == 400)
    #expect(result.givenUpEnergy == lost.reduce(.zero) { $0 + $1.energy })
    #expect(lost.allSatisfy { $0.end >= $0.arrival + patience && $0.isCorrect == nil })
    let attributed = recorder.records.reduce(Energy.zero) { $0 + $1.energy }
    #expect(attributed == result.result.energy.attributed)
    let sums = result.batches.bins.reduce(into: RequestSums()) { $0.merge($1) }
    #expect(sums.energy == attributed && sums.ended == 400)
  }

  @Test func `sessions are compared query by query, whatever the thread count`() async throws {
    let scenario = try shipped("assistant-sessions", "sessions: 600", "sessions: 70")
    let runs = try scenario.preparedRuns()
    let context = StudyContext(scenario, version: "0")
    let one = StudyResult(
      context: context, runs: try await RunExecutor(threadLimit: 1).execute(runs))
    let two = StudyResult(
      context: context, runs: try await RunExecutor(threadLimit: 3).execute(runs))
    for (a, b) in zip(one.runs, two.runs) {
      #expect(a.result.energy == b.result.energy && a.result.tokens == b.result.tokens)
      #expect(a.batches.bins == b.batches.bins && a.result.end == b.result.end)
    }
    #expect(one.context.warnings == two.context.warnings)
    // The same queries under every policy, batch for batch: nothing is left out of the pairs.
    let digests = one.runs.map { $0.batches.bins.map(\.queryDigest) }
    #expect(digests[1] == digests[0] && digests[2] == digests[0])
    #expect(one.runs.allSatisfy { $0.result.requests.completed == $0.result.requests.arrived })
    let paired = PolicyComparison(one).paired
    let faster = try #require(
      paired.first {
        $0.a == "cache" && $0.b == "no-cache" && $0.metric == .timeToFirstToken
      })
    #expect(try #require(faster.estimate.interval).upperBound < 0)
  }

  @Test func `a cache finds what sessions repeat, and more where they come back`() async throws {
    let scenario = try shipped("assistant-sessions", "sessions: 600", "sessions: 150")
    let runs = try await RunExecutor(threadLimit: 2).execute(scenario.preparedRuns())
    let shares = runs.compactMap {
      PolicyFigures($0, in: StudyContext(scenario, version: "0")).cachedPromptShare
    }
    #expect(shares.count == 3 && shares[0] == 0)
    #expect(shares[1] > 0.6 && shares[2] > shares[1])
    // What was asked is the same, computed or found.
    let prompts = runs.map { $0.result.tokens.prompt + $0.result.tokens.cachedPrompt }
    #expect(prompts[1] == prompts[0] && prompts[2] == prompts[0])
    let energy = runs.map { $0.result.energy.attributed.joules }
    #expect(energy[1] < energy[0] && energy[2] < energy[1])
  }

  @Test func `in a rush a door saves energy that would go into answers for nobody`() async throws {
    let scenario = try shipped("impatient-rush", "duration: 5 min", "duration: 1 min")
    let runs = try await RunExecutor(threadLimit: 2).execute(scenario.preparedRuns())
    for run in runs {
      let requests = run.result.requests
      #expect(
        requests.arrived
          == requests.completed + requests.rejected + requests.timedOut + requests.cancelled)
      #expect(requests.cancelled > 0)
      #expect((requests.rejected > 0) == (run.name == "door"))
    }
    let everybody = try #require(runs.first)
    let door = try #require(runs.first { $0.name == "door" })
    #expect(door.givenUpEnergy < everybody.givenUpEnergy)
    #expect(door.result.requests.metObjective > everybody.result.requests.metObjective)
  }

  @Test func `a cap holds requests back, and all come in the end`() async throws {
    let rate = "arrivals: {process: gamma, rate: 24, cv: 1.5"
    var scenario = try shipped("impatient-rush", rate, rate + ", max_concurrency: 8")
    scenario.askers = []
    guard case .synthetic(var synthetic) = scenario.workload else { return }
    (synthetic.duration, synthetic.requestCount) = (nil, 300)
    scenario.workload = .synthetic(synthetic)
    let recorder = KeepingRecorder()
    let run = try scenario.prepare(policy: 0)
    _ = try await RunExecutor(threadLimit: 1).execute([run], makeRecorder: { _ in recorder })
    #expect(recorder.records.count == 300)
    for record in recorder.records {
      let inFlight = recorder.records.count {
        $0.arrival <= record.arrival && $0.end > record.arrival
      }
      #expect(inFlight <= 8)
    }
  }
}
