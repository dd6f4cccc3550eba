import DeviceModels
import FleetEngine
import NumericalMethods
import Quantities

/// Every way in which the engine's run differs from the reference's; empty if in none.
public func differences(
  between run: FinishedRun, and reference: ReferenceResult
) -> [String] {
  var found = Differences()
  compareRecords(run.records, reference, &found)
  compareCounts(run.result, reference, &found)
  compareEnergy(run.result, reference, &found)
  compareLatencies(run.result.latency, reference, &found)
  compareSeries(run, reference, &found)
  return found.lines
}

/// Differences under their names, with both values.
struct Differences {
  private(set) var lines: [String] = []

  mutating func check<Value: Equatable>(_ name: String, _ engine: Value, _ reference: Value) {
    if engine != reference { lines.append("\(name): engine \(engine), reference \(reference)") }
  }
}

private func compareRecords(
  _ engine: [RequestRecord], _ reference: ReferenceResult, _ found: inout Differences
) {
  found.check("order of ends", engine.map(\.id), reference.records.map(\.id))
  let byID = Dictionary(engine.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  for theirs in reference.records {
    guard let ours = byID[theirs.id] else { continue }
    compare(ours, theirs, &found)
    found.check(
      "request \(theirs.id) isMeasured", ours.isMeasured, reference.window.contains(theirs.end))
  }
}

private func compare(
  _ engine: RequestRecord, _ reference: ReferenceRecord, _ found: inout Differences
) {
  func check<Value: Equatable>(
    _ name: String, _ ours: KeyPath<RequestRecord, Value>, _ theirs: KeyPath<ReferenceRecord, Value>
  ) {
    let (ours, theirs) = (engine[keyPath: ours], reference[keyPath: theirs])
    if ours != theirs { found.check("request \(reference.id) \(name)", ours, theirs) }
  }
  check("task", \.task, \.task)
  check("arm", \.arm, \.arm)
  check("replica", \.replica, \.replica)
  check("outcome", \.outcome, \.outcome)
  check("arrival", \.arrival, \.arrival)
  check("firstScheduled", \.firstScheduled, \.firstScheduled)
  check("firstToken", \.firstToken, \.firstToken)
  check("firstAnswerToken", \.firstAnswerToken, \.firstAnswerToken)
  check("end", \.end, \.end)
  check("attempts", \.attempts, \.attempts)
  check("promptTokens", \.promptTokens, \.promptTokens)
  check("cachedPromptTokens", \.cachedPromptTokens, \.cachedPromptTokens)
  check("outputTokens", \.outputTokens, \.outputTokens)
  check("reasoningTokens", \.reasoningTokens, \.reasoningTokens)
  check("samples", \.samples, \.samples)
  check("preemptions", \.preemptions, \.preemptions)
  check("timePerOutputToken", \.timePerOutputToken, \.timePerOutputToken)
  check("prefillEnergy", \.prefillEnergy, \.prefillEnergy)
  check("decodeEnergy", \.decodeEnergy, \.decodeEnergy)
  check("isCorrect", \.isCorrect, \.isCorrect)
}

private func compareCounts(
  _ engine: RunResult, _ reference: ReferenceResult, _ found: inout Differences
) {
  let (trace, window, measured) = (reference.trace, reference.window, reference.measured)
  func ended(_ outcome: RequestOutcome) -> [ReferenceRecord] {
    measured.filter { $0.outcome == outcome }
  }
  func count(_ counts: [ReferenceTrace.Count]) -> Int {
    counts.reduce(0) { window.contains($1.time) ? $0 + $1.count : $0 }
  }
  let served = measured.filter { $0.outcome != .rejected }
  let completed = ended(.completed)
  found.check("window start", engine.windowStart, window.start ?? .never)
  found.check("window end", engine.windowEnd, window.end ?? .never)
  found.check("end", engine.end, reference.end)
  found.check("arrived", engine.requests.arrived, trace.arrivals.filter(window.contains).count)
  found.check("completed", engine.requests.completed, completed.count)
  found.check("rejected", engine.requests.rejected, ended(.rejected).count)
  found.check("timed out", engine.requests.timedOut, ended(.timedOut).count)
  found.check("cancelled", engine.requests.cancelled, ended(.cancelled).count)
  found.check(
    "met the objective", engine.requests.metObjective,
    completed.filter { $0.meets(reference.fleet.objective) }.count)
  found.check(
    "output tokens", engine.tokens.output,
    trace.outputs.filter { window.contains($0.time) }.count)
  found.check("prompt tokens", engine.tokens.prompt, count(trace.prompts))
  found.check("recomputed tokens", engine.tokens.recomputed, count(trace.recomputed))
  found.check(
    "reasoning tokens", engine.tokens.reasoning, served.reduce(0) { $0 + $1.reasoningTokens })
  found.check(
    "cached prompt tokens", engine.tokens.cachedPrompt,
    served.reduce(0) { $0 + $1.cachedPromptTokens })
  for arm in engine.completedByArm.indices {
    found.check(
      "completed by arm \(arm)", engine.completedByArm[arm],
      completed.filter { $0.arm == arm }.count)
  }
  compareCorrect(engine, completed, &found)
  compareIterations(engine, reference, &found)
}

private func compareCorrect(
  _ engine: RunResult, _ completed: [ReferenceRecord], _ found: inout Differences
) {
  let judged = completed.filter { $0.isCorrect != nil }
  let tasks = max(engine.correctByTask.count, (judged.map(\.task).max() ?? -1) + 1)
  for task in 0..<tasks {
    let ours =
      task < engine.correctByTask.count ? engine.correctByTask[task] : CorrectCounts()
    let theirs = judged.filter { $0.task == task }
    found.check("judged of task \(task)", ours.judged, theirs.count)
    found.check(
      "correct of task \(task)", ours.correct, theirs.filter { $0.isCorrect == true }.count)
  }
}

private func compareIterations(
  _ engine: RunResult, _ reference: ReferenceResult, _ found: inout Differences
) {
  let (trace, window) = (reference.trace, reference.window)
  let decoding = trace.iterations.filter { $0.shape.decodeRows > 0 && window.contains($0.end) }
  found.check("iterations", engine.iterations, trace.iterations.count)
  found.check("preemptions", engine.preemptions, trace.events.preemptions)
  let courses = engine.courses
  found.check("attempts", courses.attempts, trace.events.attempts)
  found.check("refused attempts", courses.refusedAttempts, trace.events.refusedAttempts)
  found.check("cancelled samples", courses.cancelledSamples, trace.events.cancelledSamples)
  found.check("checkpoints", courses.checkpoints, trace.events.checkpoints)
  found.check("stopped chains", courses.stoppedChains, trace.events.stoppedChains)
  found.check("evictions", engine.evictions, trace.events.evictions)
  found.check("decode iterations", engine.decodeIterations, decoding.count)
  found.check(
    "decode rows", engine.decodeRowSum, decoding.reduce(0) { $0 + $1.shape.decodeRows })
  for (pool, extent) in engine.extentByPool.enumerated() {
    let rows = trace.iterations.filter { $0.pool == pool }.map(\.shape.decodeRows).max() ?? 0
    found.check("most decode rows of pool \(pool)", extent.decodeRows, rows)
  }
}

private func compareEnergy(
  _ engine: RunResult, _ reference: ReferenceResult, _ found: inout Differences
) {
  let byPool = reference.windowReadings
  let whole = byPool.reduce(ReferenceReading(), +)
  found.check("prefill energy", engine.energy.prefill, whole.prefill)
  found.check("decode energy", engine.energy.decode, whole.decode)
  found.check("idle energy", engine.energy.idle, whole.idle)
  found.check("attributed energy", engine.energy.attributed, whole.prefill + whole.decode)
  found.check("integral of power", engine.energy.integral, whole.gpu)
  found.check("energy by pool", engine.energy.gpuByPool, byPool.map(\.gpu))
  found.check("busy time", engine.busyTime, whole.busyTime)
  let all = reference.readings(at: reference.end).reduce(ReferenceReading(), +)
  let borne = reference.records.reduce(Energy.zero) { $0 + $1.prefillEnergy + $1.decodeEnergy }
  found.check("energy of all requests", borne, all.prefill + all.decode)
}

/// Counts, sums and extremes of the latencies; a sketch is exact in these.
private func compareLatencies(
  _ engine: LatencySketches, _ reference: ReferenceResult, _ found: inout Differences
) {
  let completed = reference.measured.filter { $0.outcome == .completed }
  let gaps = reference.trace.outputs.compactMap { output in
    reference.window.contains(output.time) ? output.gap : nil
  }
  found.check(
    "ITL", engine.interTokenLatency, gaps.map(\.nanoseconds),
    sum: gaps.reduce(UInt128(0)) { $0 + UInt128($1.ticks) })
  found.check(
    "TPOT", engine.timePerOutputToken, completed.compactMap(\.timePerOutputToken?.nanoseconds))
  found.check(
    "TTFT", engine.timeToFirstToken, completed.map { ($0.firstToken - $0.arrival).nanoseconds })
  found.check(
    "time to the answer", engine.timeToFirstAnswerToken,
    completed.map { ($0.firstAnswerToken - $0.arrival).nanoseconds })
  found.check("E2E", engine.endToEnd, completed.map { ($0.end - $0.arrival).nanoseconds })
  found.check(
    "queueing delay", engine.queueingDelay,
    completed.map { ($0.firstScheduled - $0.arrival).nanoseconds })
}

extension Differences {
  /// `sum` is that of the values unless it is given in finer units.
  fileprivate mutating func check(
    _ name: String, _ sketch: QuantileSketch, _ values: [Int64], sum: UInt128? = nil
  ) {
    check("number of \(name)", sketch.count, values.count)
    guard let least = values.min(), let most = values.max() else { return }
    check("least \(name)", sketch.minimum, least)
    check("most \(name)", sketch.maximum, most)
    check(
      "sum of \(name)", sketch.total, sum ?? values.reduce(UInt128(0)) { $0 + UInt128($1) })
  }
}

private func compareSeries(
  _ run: FinishedRun, _ reference: ReferenceResult, _ found: inout Differences
) {
  let ours = run.observer.intervals
  let theirs = reference.intervals
  found.check("number of intervals", ours.count, theirs.count)
  for (index, (engine, reference)) in zip(ours, theirs).enumerated() {
    func check<Value: Equatable>(
      _ name: String, _ ours: KeyPath<FleetInterval, Value>,
      _ theirs: KeyPath<ReferenceInterval, Value>
    ) {
      let (ours, theirs) = (engine[keyPath: ours], reference[keyPath: theirs])
      if ours != theirs { found.check("interval \(index) \(name)", ours, theirs) }
    }
    check("start", \.start, \.start)
    check("duration", \.duration, \.duration)
    check("energy", \.energy, \.energy)
    check("energy by pool", \.energyByPool, \.energyByPool)
    check("output tokens", \.outputTokens, \.outputTokens)
    check("prompt tokens", \.promptTokens, \.promptTokens)
    check("arrivals", \.arrivals, \.arrivals)
    check("completions", \.completions, \.completions)
    check("waiting requests", \.waitingRequests, \.waitingRequests)
    check("running rows", \.runningRows, \.runningRows)
    check("busy replicas", \.busyReplicas, \.busyReplicas)
    check("KV usage", \.kvUsage, \.kvUsage)
  }
  comparePower(run.result.powerMilliwatts, theirs, reference, &found)
}

/// Mean powers of the whole intervals that lie in the window.
private func comparePower(
  _ sketch: QuantileSketch, _ intervals: [ReferenceInterval], _ reference: ReferenceResult,
  _ found: inout Differences
) {
  guard let start = reference.window.start, let end = reference.window.end else { return }
  let whole = intervals.filter {
    $0.start >= start && $0.start + $0.duration <= end
      && ($0.duration == reference.fleet.seriesInterval || $0.start == .zero)
  }
  found.check(
    "power", sketch,
    whole.map { Int64(($0.energy.joules / $0.duration.seconds * 1e3).rounded()) })
}
