import DeviceModels
import FleetEngine
public import Quantities

/// Laws that every run keeps, whatever is served how: each looks at the facts of a run and says
/// in words where it is broken, nothing where it holds.
public enum RunLaws {
  /// Every law, on the reference's facts and what a run reports of its busy time.
  public static func violations(_ result: ReferenceResult, busyTime: SimDuration) -> [String] {
    littlesLaw(result) + utilization(result, busyTime: busyTime) + workConservation(result)
      + tokenConservation(result) + blockConservation(result) + causality(result)
  }

  /// Requests in the system, integrated over time, are the times that requests spend in it, added
  /// up (Little 1961). Over a whole run this holds path by path, to the tick.
  public static func littlesLaw(_ result: ReferenceResult) -> [String] {
    let integral = integral(result) { $0.queries }
    let spent = result.records.reduce(Int128(0)) { sum, record in
      record.outcome == .rejected ? sum : sum + (record.end - record.arrival).ticks
    }
    return expect("requests in the system over time", integral, "times in the system", spent)
  }

  /// What a run reports as busy time is the sum of its iterations, and replicas look busy for as
  /// long; no replica computes two iterations at a time.
  public static func utilization(
    _ result: ReferenceResult, busyTime: SimDuration
  ) -> [String] {
    let durations = result.trace.iterations.reduce(Int128(0)) { $0 + ($1.end - $1.start).ticks }
    let busy = timeIntegral(result) { $0.isBusy ? 1 : 0 }
    var broken = expect("busy time", busyTime.ticks, "durations of iterations", durations)
    broken += expect("busy replicas over time", busy, "durations of iterations", durations)
    var lastEnd: [Int: SimTime] = [:]
    for iteration in result.trace.iterations {
      if let end = lastEnd[iteration.replica], iteration.start < end {
        broken.append("replica \(iteration.replica) starts before \(end.ticks), when it is busy")
      }
      lastEnd[iteration.replica] = iteration.end
    }
    return broken
  }

  /// No replica idles while anything waits or runs on it.
  public static func workConservation(_ result: ReferenceResult) -> [String] {
    result.trace.states.flatMap { state in
      state.replicas.enumerated().compactMap { index, replica in
        let owes = replica.waiting + replica.runningRows
        guard !replica.isBusy, owes > 0 else { return nil }
        return "replica \(index) idles at \(state.time.ticks) and owes \(owes)"
      }
    }
  }

  /// Every token that comes out is in a record; every token of a chunk was the first of its kind
  /// for a prompt that was completed, or given up, or was computed again. No prompt is counted
  /// beyond what was not found in the cache, and all of that is where nothing can be found later.
  public static func tokenConservation(_ result: ReferenceResult) -> [String] {
    let trace = result.trace
    func sum(_ counts: [ReferenceTrace.Count]) -> Int { counts.reduce(0) { $0 + $1.count } }
    return expect(
      "tokens in records", result.records.reduce(0) { $0 + $1.outputTokens },
      "tokens put out", trace.outputs.count)
      + expect(
        "tokens of chunks", trace.iterations.reduce(0) { $0 + $1.shape.prefillTokens },
        "prompts, tokens computed again and given up",
        sum(trace.prompts) + sum(trace.recomputed) + sum(trace.abandoned))
      + promptConservation(result, computed: sum(trace.prompts))
  }

  private static func promptConservation(
    _ result: ReferenceResult, computed: Int
  ) -> [String] {
    let notFound = result.attempts.filter(\.hasToken)
      .reduce(0) { $0 + $1.promptTokens - $1.cachedPromptTokens }
    let findsLater =
      result.fleet.pools.contains(where: \.rules.cachesPrefixes)
      && result.records.contains { $0.preemptions > 0 }
    if findsLater, computed <= notFound { return [] }
    return expect("prompt tokens computed", computed, "prompt tokens not found", notFound)
  }

  /// Every block is vacant, cached and unheld, cached and held, or owned; when the last request
  /// has left nothing is held or owned.
  public static func blockConservation(_ result: ReferenceResult) -> [String] {
    var broken: [String] = []
    for state in result.trace.states {
      for (index, replica) in state.replicas.enumerated() {
        let found =
          replica.vacantBlocks + replica.unheldBlocks + replica.heldPrefixBlocks
          + replica.ownedBlocks
        if found != replica.blockCount {
          broken.append(
            "replica \(index) has \(found) of \(replica.blockCount) blocks at \(state.time.ticks)")
        }
      }
    }
    for (index, replica) in (result.trace.states.last?.replicas ?? []).enumerated() {
      let held = replica.heldPrefixBlocks + replica.ownedBlocks
      if held > 0 { broken.append("replica \(index) ends with \(held) blocks held") }
    }
    return broken
  }

  /// Nothing comes before what it follows from.
  public static func causality(_ result: ReferenceResult) -> [String] {
    var broken: [String] = []
    var lastEnd = SimTime.zero
    for record in result.records {
      if record.end < lastEnd { broken.append("request \(record.id) is recorded late") }
      lastEnd = record.end
      if !isInOrder(record) { broken.append("request \(record.id) is out of order: \(record)") }
    }
    for (earlier, later) in zip(result.trace.states, result.trace.states.dropFirst())
    where later.time <= earlier.time {
      broken.append("time goes back from \(earlier.time.ticks) to \(later.time.ticks)")
    }
    return broken
  }

  /// Arrival ≤ first scheduled < first token ≤ first answer token ≤ end, as far as they came.
  private static func isInOrder(_ record: ReferenceRecord) -> Bool {
    guard record.outcome != .rejected else { return record.arrival == record.end }
    let steps = [record.firstScheduled, record.firstToken, record.firstAnswerToken]
    let came = steps.prefix { $0 < .never }
    guard steps.dropFirst(came.count).allSatisfy({ $0 == .never }),
      record.outcome != .completed || came.count == steps.count
    else { return false }
    let times = [record.arrival] + came + [record.end]
    let startsFirst = record.firstToken == .never || record.firstScheduled < record.firstToken
    return startsFirst && zip(times, times.dropFirst()).allSatisfy(<=)
  }

  // MARK: Helpers

  /// Ticks × what `value` says of the replicas, each state lasting until the next.
  private static func timeIntegral(
    _ result: ReferenceResult, _ value: (ReferenceReplicaState) -> Int
  ) -> Int128 {
    integral(result) { $0.replicas.reduce(0) { $0 + value($1) } }
  }

  private static func integral(
    _ result: ReferenceResult, _ value: (ReferenceTrace.State) -> Int
  ) -> Int128 {
    let states = result.trace.states
    return zip(states, states.dropFirst()).reduce(Int128(0)) { sum, pair in
      sum + Int128(value(pair.0)) * (pair.1.time - pair.0.time).ticks
    }
  }

  private static func expect<Value: Equatable>(
    _ name: String, _ value: Value, _ otherName: String, _ other: Value
  ) -> [String] {
    value == other ? [] : ["\(name) \(value), \(otherName) \(other)"]
  }
}
