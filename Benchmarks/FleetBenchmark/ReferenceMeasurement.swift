import FleetEngine
import Foundation
import Quantities
import Scenarios
import TestSupport
import Workloads

extension BenchmarkCase {
  /// Runs the reference engine of the tests on the first queries, then the fleet engine on the
  /// same, and compares every record and total.
  func measureReference(requests: Int) throws -> Measurement {
    Self.limitMemory()
    let run = try prepare(requests: requests)
    let reference = ReferenceSimulator(
      fleet: run.fleet, answers: run.answers, policy: run.makePolicy())
    let start = processorSeconds()
    let wall = ContinuousClock.now
    let result = try reference.run(try run.makeSource())
    let seconds = processorSeconds() - start
    let passed = ContinuousClock.now - wall
    let peak = Measurement.peakMebibytesOfProcess

    var observer = RecordingObserver()
    let engine = try FleetSimulation(
      fleet: run.fleet, answers: run.answers, estimator: run.estimator, policy: run.makePolicy()
    ).run(try run.makeSource(), observer: &observer)
    let found = differences(
      between: FinishedRun(result: engine, observer: observer), and: result)
    for line in found.prefix(5) { complain("\(slug): \(line)") }

    var checksum = Checksum()
    for record in result.records {
      checksum.add(record.end.ticks)
      checksum.add((record.prefillEnergy + record.decodeEnergy).quanta)
    }
    return Measurement(
      requests: result.records.count, outputTokens: result.trace.outputs.count,
      iterations: result.trace.iterations.count, preemptions: result.trace.events.preemptions,
      cachedTokens: result.records.reduce(0) { $0 + $1.cachedPromptTokens },
      busyShare: engine.busyTime.seconds / engine.end.seconds
        / Double(run.fleet.pools.reduce(0) { $0 + $1.replicaCount }),
      simulatedSeconds: result.end.seconds, processorSeconds: seconds,
      wallSeconds: passed / .seconds(1), peakMebibytes: peak, checksum: checksum.value,
      agrees: found.isEmpty)
  }
}

extension BenchmarkCase {
  /// Ends this process rather than let it take the machine's memory: the reference keeps all that
  /// ever happened.
  private static func limitMemory() {
    #if os(Linux)
      var limit = rlimit()
      limit.rlim_cur = 4 << 30
      limit.rlim_max = limit.rlim_cur
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #endif
  }
}

/// The first queries of another source, and what follows from them.
struct FirstQueries: QuerySource {
  private var base: any QuerySource
  private var left: Int

  init(_ base: any QuerySource, count: Int) {
    self.base = base
    left = count
  }

  mutating func next() throws -> Query? {
    guard left > 0 else { return nil }
    left -= 1
    return try base.next()
  }

  mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    try base.followUp(to: query, endedAt: end)
  }

  var givesFollowUps: Bool { base.givesFollowUps }
}

/// Processor time of this process, seconds.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Prints a line at once, into files too.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

/// A line for people who watch.
func complain(_ line: String) {
  FileHandle.standardError.write(Data("\(line)\n".utf8))
}

struct BenchmarkError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
