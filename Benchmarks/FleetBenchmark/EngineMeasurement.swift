import FleetEngine
import Foundation
import NumericalMethods
import Quantities
import Reports
import Scenarios
import Studies
import TestSupport

extension BenchmarkCase {
  /// Its only run with about so many requests.
  func prepare(requests: Int) throws -> PreparedRun {
    let trace = tracePath.map { SharedData.url($0).path }
    let scenario = try Scenario.parse(
      text: scenario(requests), file: slug, catalog: try Catalog.load(), tracePath: trace)
    var run = try scenario.preparedRuns()[0]
    guard trace != nil else { return run }
    let wholeTrace = run.makeSource
    run.makeSource = { FirstQueries(try wholeTrace(), count: requests) }
    return run
  }

  /// Runs the fleet engine, in this process.
  func measure(requests: Int) throws -> Measurement {
    let run = try prepare(requests: requests)
    var measurement: Measurement?
    for _ in 0..<repetitions {
      var this = try waiting { try await self.measure(run) }
      if let earlier = measurement { this.join(earlier) }
      measurement = this
    }
    guard let measurement else { throw BenchmarkError("\(slug) is to be run no times") }
    return measurement
  }

  /// Runs the engine on the thread that asks and keeps nothing, for a tool that counts
  /// instructions and does not get on with more threads.
  func runPlainly(requests: Int) throws {
    let run = try prepare(requests: requests)
    var observer = SilentObserver()
    let result = try FleetSimulation(
      fleet: run.fleet, answers: run.answers, estimator: run.estimator, policy: run.makePolicy()
    ).run(try run.makeSource(), observer: &observer)
    say("\(result.requests.completed)")
  }

  private func measure(_ run: PreparedRun) async throws -> Measurement {
    let executor = RunExecutor(threadLimit: 1)
    guard writesTables else { return Measurement(try await executor.execute([run])[0]) }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "fleet-benchmark-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let tables = RunTables(folder: folder, runs: [run], taskNames: ["task"])
    let done = try await executor.execute([run], makeRecorder: { try tables.recorder(for: $0) })
    return Measurement(done[0])
  }
}

/// Waits for asynchronous work to be done.
private func waiting(
  for work: @escaping @Sendable () async throws -> Measurement
) throws -> Measurement {
  final class Outcome: @unchecked Sendable {
    var result: Result<Measurement, any Error>?
  }
  let outcome = Outcome()
  let done = DispatchSemaphore(value: 0)
  Task.detached {
    do { outcome.result = .success(try await work()) } catch { outcome.result = .failure(error) }
    done.signal()
  }
  done.wait()
  guard let result = outcome.result else { throw BenchmarkError("nothing was measured") }
  return try result.get()
}

extension Measurement {
  init(_ run: PolicyRun) {
    let result = run.result
    let replicas = run.fleet.pools.reduce(0) { $0 + $1.replicaCount }
    var checksum = Checksum()
    for energy in [result.energy.prefill, result.energy.decode, result.energy.idle] {
      checksum.add(energy.quanta)
    }
    checksum.add(result.end.ticks)
    for sketch in [
      result.latency.timeToFirstToken, result.latency.interTokenLatency, result.latency.endToEnd,
    ] {
      checksum.add(sketch.total)
      checksum.add(sketch.maximum)
    }
    for count in result.correctByTask { checksum.add(count.correct) }
    self.init(
      requests: result.requests.completed + result.requests.rejected,
      outputTokens: result.tokens.output, iterations: result.iterations,
      preemptions: result.preemptions, cachedTokens: result.tokens.cachedPrompt,
      busyShare: result.busyTime.seconds / result.end.seconds / Double(replicas),
      simulatedSeconds: result.end.seconds, processorSeconds: run.timing.processorSeconds,
      wallSeconds: run.timing.wallSeconds, peakMebibytes: Self.peakMebibytesOfProcess,
      checksum: checksum.value)
  }

  /// Adds the counts and times of another run of the same.
  mutating func join(_ other: Measurement) {
    requests += other.requests
    outputTokens += other.outputTokens
    iterations += other.iterations
    preemptions += other.preemptions
    cachedTokens += other.cachedTokens
    processorSeconds += other.processorSeconds
    wallSeconds += other.wallSeconds
  }
}
