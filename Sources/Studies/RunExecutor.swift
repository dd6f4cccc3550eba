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
    _ runs: [PreparedRun], keeping detail: RunDetail = [],
    progress: (@Sendable (RunProgress) -> Void)? = nil,
    makeRecorder: @escaping @Sendable (Int) throws -> Recorder
  ) async throws -> [PolicyRun] {
    try await gather(runs.count) { index in
      try Self.execute(runs[index], index, detail, progress, makeRecorder)
    }
  }

  public func execute(
    _ runs: [PreparedRun], keeping detail: RunDetail = [],
    progress: (@Sendable (RunProgress) -> Void)? = nil
  ) async throws -> [PolicyRun] {
    try await execute(runs, keeping: detail, progress: progress) { _ in NoRecorder() }
  }

  /// Executes runs of which only the samples for a comparison are kept.
  ///
  /// Their positions in reports of progress begin at `firstIndex`.
  public func samples(
    of runs: [PreparedRun], in context: StudyContext, firstIndex: Int,
    progress: (@Sendable (RunProgress) -> Void)? = nil
  ) async throws -> [PolicySample] {
    try await gather(runs.count) { index in
      let run = try Self.execute(runs[index], firstIndex + index, .comparison, progress) { _ in
        NoRecorder()
      }
      return PolicySample(run, in: context)
    }
  }

  private func gather<Output: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Output
  ) async throws -> [Output] {
    var outcomes = [Result<Output, any Error>?](repeating: nil, count: count)
    await withTaskGroup(of: (Int, Result<Output, any Error>).self) { group in
      var next = 0
      func startNext(_ group: inout TaskGroup<(Int, Result<Output, any Error>)>) {
        guard next < count else { return }
        let index = next
        next += 1
        group.addTask { (index, Result { try body(index) }) }
      }
      for _ in 0..<min(threadLimit, count) { startNext(&group) }
      while let (index, outcome) = await group.next() {
        outcomes[index] = outcome
        // Runs start in order, so those before a failed one go on to their end and the first
        // failure is the same whatever the timing.
        if case .failure = outcome { next = count }
        startNext(&group)
      }
    }
    return try Self.results(of: outcomes)
  }

  private static func execute<Recorder: RunRecorder>(
    _ run: PreparedRun, _ index: Int, _ detail: RunDetail,
    _ progress: (@Sendable (RunProgress) -> Void)?,
    _ makeRecorder: @Sendable (Int) throws -> Recorder
  ) throws -> PolicyRun {
    try Task.checkCancellation()
    let start = ContinuousClock.now
    let processorStart = threadProcessorSeconds()
    let throttle = ProgressThrottle(
      runIndex: index, expected: run.expectedRequests, progress)
    var observer = StudyObserver(
      recorder: try makeRecorder(index), progress: throttle, window: run.fleet.window)
    observer.keep(detail, of: run.fleet)
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
      comparisonBatches: observer.comparison?.batches,
      poolLoads: observer.poolLoads?.loads ?? [], power: observer.power,
      givenUpEnergy: observer.givenUpEnergy,
      timing: RunTiming(
        wallSeconds: wall / .seconds(1),
        processorSeconds: threadProcessorSeconds() - processorStart),
      traceTally: source.tally)
  }

  /// All results, or the error that explains best: a run's own before a cancellation.
  private static func results<Output>(
    of outcomes: [Result<Output, any Error>?]
  ) throws -> [Output] {
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
