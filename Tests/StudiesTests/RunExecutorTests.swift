import FleetEngine
import Quantities
import Scenarios
import Synchronization
import Testing

@testable import Studies

@Suite struct RunExecutorTests {
  private let names = ["a", "b", "c", "d", "e"]

  @Test func `results stand in the order of the runs and do not depend on the threads`()
    async throws
  {
    let runs = names.enumerated().map {
      preparedRun($0.element, queries: UInt64(300 - 50 * $0.offset))
    }
    let alone = try await RunExecutor(threadLimit: 1).execute(runs)
    let together = try await RunExecutor(threadLimit: 4).execute(runs)
    #expect(alone.map(\.name) == names)
    #expect(together.map(\.name) == names)
    #expect(alone.map(\.batches.bins) == together.map(\.batches.bins))
    #expect(alone.map(\.power.bins) == together.map(\.power.bins))
    #expect(alone.map(\.result.energy) == together.map(\.result.energy))
  }

  @Test func `every run reports its end once`() async throws {
    let finished = Mutex<[Int]>([])
    let runs = names.map { preparedRun($0, queries: 20) }
    _ = try await RunExecutor(threadLimit: 2).execute(
      runs,
      progress: { progress in
        if progress.isFinished { finished.withLock { $0.append(progress.runIndex) } }
      })
    #expect(finished.withLock { $0.sorted() } == [0, 1, 2, 3, 4])
  }

  @Test func `the error of a broken source comes through`() async {
    var runs = names.map { preparedRun($0, queries: 20) }
    runs[3].makeSource = { throw BrokenInput(line: 17) }
    await #expect(throws: BrokenInput(line: 17)) {
      try await RunExecutor(threadLimit: 3).execute(runs)
    }
  }

  @Test func `the recorder's own failure fails the run`() async {
    struct FullDisk: RunRecorder {
      mutating func requestEnded(_ record: RequestRecord) {}
      mutating func intervalEnded(_ interval: FleetInterval) {}
      mutating func finish() throws { throw BrokenInput(line: 0) }
    }
    await #expect(throws: BrokenInput(line: 0)) {
      try await RunExecutor(threadLimit: 1).execute([preparedRun("a", queries: 1)]) { _ in
        FullDisk()
      }
    }
  }

  @Test func `a cancelled task stops its source at one of the next arrivals`() async {
    let task = Task {
      var source = CancellableSource(base: SteadyQueries(count: .max))
      while try source.next() != nil {}
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `a window by time takes the queries that arrive in it`() {
    var observer = StudyObserver(
      recorder: NoRecorder(), progress: ProgressThrottle(runIndex: 0, expected: nil, nil),
      window: .between(SimTime(rounding: 0.010), SimTime(rounding: 0.020)))
    for id in 0..<UInt64(40) { observer.requestEnded(record(id: id, energy: 1, isCorrect: nil)) }
    #expect(observer.batches.bins.reduce(0) { $0 + $1.ended } == 10)
  }
}
