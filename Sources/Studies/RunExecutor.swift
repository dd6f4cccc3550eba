internal import FleetEngine
public import Scenarios

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Executes prepared runs side by side.
///
/// Runs share nothing and results are placed by position, so they do not depend on the number of
/// threads. Cancelling the surrounding task stops every run at one of its next arrivals.
public struct RunExecutor: Sendable {
  /// Most runs in progress at once, at least 1.
  public let threadLimit: Int

  public init(threadLimit: Int) {
    precondition(threadLimit >= 1, "at least one thread, not \(threadLimit)")
    self.threadLimit = threadLimit
  }

  /// Executes every run; `makeRecorder` gives the recorder of the run at a position.
  ///
  /// `progress` is called from the runs' threads. Throws the error of the first run (in order)
  /// that failed, when those in progress have ended.
  public func execute<Recorder: RunRecorder>(
    _ runs: [PreparedRun], progress: (@Sendable (RunProgress) -> Void)? = nil,
    makeRecorder: @escaping @Sendable (Int) throws -> Recorder
  ) async throws -> [PolicyRun] {
    var outcomes = [Result<PolicyRun, any Error>?](repeating: nil, count: runs.count)
    await withTaskGroup(of: (Int, Result<PolicyRun, any Error>).self) { group in
      var next = 0
      func startNext(_ group: inout TaskGroup<(Int, Result<PolicyRun, any Error>)>) {
        guard next < runs.count else { return }
        let index = next
        let run = runs[index]
        next += 1
        group.addTask {
          (index, Result { try Self.execute(run, index, progress, makeRecorder) })
        }
      }
      for _ in 0..<min(threadLimit, runs.count) { startNext(&group) }
      while let (index, outcome) = await group.next() {
        outcomes[index] = outcome
        // Runs start in order, so those before a failed one go on to their end and the first
        // failure is the same whatever the timing.
        if case .failure = outcome { next = runs.count }
        startNext(&group)
      }
    }
    return try Self.results(of: outcomes)
  }

  public func execute(
    _ runs: [PreparedRun], progress: (@Sendable (RunProgress) -> Void)? = nil
  ) async throws -> [PolicyRun] {
    try await execute(runs, progress: progress) { _ in NoRecorder() }
  }

  private static func execute<Recorder: RunRecorder>(
    _ run: PreparedRun, _ index: Int, _ progress: (@Sendable (RunProgress) -> Void)?,
    _ makeRecorder: @Sendable (Int) throws -> Recorder
  ) throws -> PolicyRun {
    try Task.checkCancellation()
    let start = ContinuousClock.now
    let processorStart = threadProcessorSeconds()
    let throttle = ProgressThrottle(
      runIndex: index, expected: run.expectedRequests, progress)
    var observer = StudyObserver(
      recorder: try makeRecorder(index), progress: throttle, window: run.fleet.window)
    let simulation = FleetSimulation(
      fleet: run.fleet, answers: run.answers, estimator: run.estimator,
      policy: run.makePolicy(), depth: run.makeDepth?())
    let source = CancellableSource(base: try run.makeSource())
    let result = try simulation.run(source, observer: &observer)
    try observer.recorder.finish()
    observer.progress.finish()
    let wall = ContinuousClock.now - start
    return PolicyRun(
      name: run.policyName, fleet: run.fleet, result: result, batches: observer.batches,
      power: observer.power, givenUpEnergy: observer.givenUpEnergy,
      timing: RunTiming(
        wallSeconds: wall / .seconds(1),
        processorSeconds: threadProcessorSeconds() - processorStart),
      traceTally: source.tally)
  }

  /// All results, or the error that explains best: a run's own before a cancellation.
  private static func results(
    of outcomes: [Result<PolicyRun, any Error>?]
  ) throws -> [PolicyRun] {
    for case .failure(let error) in outcomes.compactMap({ $0 }) where !(error is CancellationError)
    {
      throw error
    }
    return try outcomes.map { outcome in
      guard let outcome else { throw CancellationError() }
      return try outcome.get()
    }
  }

  /// Processor time of the calling thread, seconds. A run never leaves its thread.
  private static func threadProcessorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
