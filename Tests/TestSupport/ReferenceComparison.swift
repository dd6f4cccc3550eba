import FleetEngine
import NumericalMethods
import Quantities

/// Every way in which the engine's run differs from the reference's; empty if in none.
public func differences(
  between run: FinishedRun, and reference: ReferenceResult
) -> [String] {
  var found = Differences()
  compareRecords(run.records, reference.records, &found)
  compareTotals(run.result, reference, &found)
  compareLatencies(run.result.latency, reference, &found)
  comparePower(run, reference, &found)
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
  _ engine: [RequestRecord], _ reference: [ReferenceRecord], _ found: inout Differences
) {
  found.check("order of ends", engine.map(\.id), reference.map(\.id))
  let byID = Dictionary(engine.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  for theirs in reference {
    guard let ours = byID[theirs.id] else { continue }
    compare(ours, theirs, &found)
  }
}

private func compare(
  _ engine: RequestRecord, _ reference: ReferenceRecord, _ found: inout Differences
) {
  func check<Value: Equatable>(
    _ name: String, _ ours: KeyPath<RequestRecord, Value>, _ theirs: KeyPath<ReferenceRecord, Value>
  ) {
    found.check(
      "request \(reference.id) \(name)", engine[keyPath: ours], reference[keyPath: theirs])
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

private func compareTotals(
  _ engine: RunResult, _ reference: ReferenceResult, _ found: inout Differences
) {
  let completed = reference.records.filter { $0.outcome == .completed }
  found.check("arrived", engine.requests.arrived, reference.records.count)
  found.check("completed", engine.requests.completed, completed.count)
  found.check("rejected", engine.requests.rejected, reference.records.count - completed.count)
  found.check("iterations", engine.iterations, reference.tally.iterations)
  found.check("decode iterations", engine.decodeIterations, reference.tally.decodeIterations)
  found.check("decode rows", engine.decodeRowSum, reference.tally.decodeRowSum)
  found.check("preemptions", engine.preemptions, reference.tally.preemptions)
  found.check("output tokens", engine.tokens.output, reference.tally.outputTokens)
  found.check("prompt tokens", engine.tokens.prompt, reference.promptTokens)
  found.check(
    "recomputed tokens", engine.tokens.recomputed,
    reference.tally.prefillTokens - reference.promptTokens)
  found.check("busy time", engine.busyTime, reference.tally.busyTime)
  found.check("end", engine.end, reference.end)
  found.check("prefill energy", engine.energy.prefill, reference.prefillEnergy)
  found.check("decode energy", engine.energy.decode, reference.decodeEnergy)
  found.check("idle energy", engine.energy.idle, reference.idleEnergy)
  found.check(
    "integral of power", engine.energy.integral,
    reference.tally.activeEnergy + reference.idleEnergy)
  found.check(
    "reasoning tokens", engine.tokens.reasoning, completed.reduce(0) { $0 + $1.reasoningTokens })
  found.check(
    "cached prompt tokens", engine.tokens.cachedPrompt,
    completed.reduce(0) { $0 + $1.cachedPromptTokens })
  for pool in engine.energy.gpuByPool.indices {
    let energy = reference.stretches.filter { $0.pool == pool }
      .reduce(Energy.zero) { $0 + $1.energy }
    found.check("energy of pool \(pool)", engine.energy.gpuByPool[pool], energy)
  }
}

/// Counts, sums and extremes of the latencies; a sketch is exact in these.
private func compareLatencies(
  _ engine: LatencySketches, _ reference: ReferenceResult, _ found: inout Differences
) {
  let completed = reference.records.filter { $0.outcome == .completed }
  func check(_ name: String, _ sketch: QuantileSketch, _ values: [Int64]) {
    found.check("number of \(name)", sketch.count, values.count)
    guard let least = values.min(), let most = values.max() else { return }
    found.check("least \(name)", sketch.minimum, least)
    found.check("most \(name)", sketch.maximum, most)
    let sum = values.reduce(Int128(0)) { $0 + Int128($1) }
    found.check("mean \(name)", sketch.mean, Double(sum) / Double(values.count))
  }
  check("ITL", engine.interTokenLatency, reference.interTokenGaps)
  check("TPOT", engine.timePerOutputToken, completed.compactMap(\.timePerOutputToken?.nanoseconds))
  check("TTFT", engine.timeToFirstToken, completed.map { ($0.firstToken - $0.arrival).nanoseconds })
  check(
    "time to the answer", engine.timeToFirstAnswerToken,
    completed.map { ($0.firstAnswerToken - $0.arrival).nanoseconds })
  check("E2E", engine.endToEnd, completed.map { ($0.end - $0.arrival).nanoseconds })
  check(
    "queueing delay", engine.queueingDelay,
    completed.map { ($0.firstScheduled - $0.arrival).nanoseconds })
}

/// Energy of each interval of the series, to a quantum for each stretch that overlaps it.
private func comparePower(
  _ run: FinishedRun, _ reference: ReferenceResult, _ found: inout Differences
) {
  var end = SimTime.zero
  for (index, interval) in run.observer.intervals.enumerated() {
    found.check("start of interval \(index)", interval.start, end)
    end = interval.start + interval.duration
    var energy: Int128 = 0
    var slack: Int128 = 0
    for stretch in reference.stretches where stretch.start < end && interval.start < stretch.end {
      let overlap = min(stretch.end, end) - max(stretch.start, interval.start)
      energy += stretch.energy.quanta * overlap.ticks / (stretch.end - stretch.start).ticks
      slack += 1
    }
    let difference = interval.energy.quanta - energy
    if abs(difference) > slack {
      found.check("energy of interval \(index)", interval.energy.quanta, energy)
    }
  }
  found.check("end of the series", end, reference.end)
}

private func abs(_ value: Int128) -> Int128 { value < 0 ? -value : value }
