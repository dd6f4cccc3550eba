import AnswerModels
import DeviceModels
import FleetEngine
import Quantities

/// In how many scenarios each awkward thing happened, as the reference saw it.
public struct SwarmCoverage: Sendable {
  public private(set) var scenarios = 0
  /// In the order in which they were first counted.
  public private(set) var counts: [(feature: String, count: Int)] = []

  public init() {}

  public func share(of feature: String) -> Double {
    Double(counts.first { $0.feature == feature }?.count ?? 0) / Double(max(1, scenarios))
  }

  public static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.scenarios += b.scenarios
    for (feature, count) in b.counts { sum.note(feature, count) }
    return sum
  }

  private mutating func note(_ feature: String, _ count: Int) {
    if let index = counts.firstIndex(where: { $0.feature == feature }) {
      counts[index].count += count
    } else {
      counts.append((feature, count))
    }
  }

  public mutating func count(_ result: ReferenceResult) {
    scenarios += 1
    countRuns(result)
    countEvents(result.trace, result.records)
    countModes(result)
    countCourses(result.trace.events)
  }

  private mutating func note(_ feature: String, _ happened: Bool) {
    note(feature, happened ? 1 : 0)
  }

  /// What happens inside runs of decode-only iterations of unchanged rows.
  private mutating func countRuns(_ result: ReferenceResult) {
    var (crossesKnot, crossesInterval, crossesWindow) = (false, false, false)
    let width = result.fleet.seriesInterval.ticks
    let windowBounds = [result.window.start, result.window.end].compactMap { $0 }
    var previous: [Int: ReferenceTrace.Iteration] = [:]
    for next in result.trace.iterations {
      defer { previous[next.replica] = next }
      guard let last = previous[next.replica], last.end == next.start, last.batch == next.batch,
        last.shape.isDecodeOnly, next.shape.isDecodeOnly
      else { continue }
      let knots = [last, next].map { DecodeKnots.index(holding: $0.shape.decodeContextTokens) }
      if knots[0] != knots[1] { crossesKnot = true }
      if last.start.ticks / width != (next.end.ticks - 1) / width { crossesInterval = true }
      if windowBounds.contains(where: { last.start < $0 && $0 < next.end }) { crossesWindow = true }
    }
    note("a knot inside an unchanged run", crossesKnot)
    note("a bound inside an unchanged run", crossesInterval || crossesWindow)
    note("a window bound inside an unchanged run", crossesWindow)
  }

  private mutating func countEvents(_ trace: ReferenceTrace, _ records: [ReferenceRecord]) {
    let completed = records.filter { $0.outcome == .completed }
    let givenUp = records.filter { $0.outcome == .timedOut || $0.outcome == .cancelled }
    let events = trace.events
    note("preemption", events.preemptions > 0)
    note("eviction", events.evictions > 0)
    note("a request given up", !givenUp.isEmpty)
    note("given up as it arrives", givenUp.contains { $0.end == $0.arrival })
    note("given up while waiting", givenUp.contains { $0.firstScheduled == .never })
    note(
      "given up in prefill",
      givenUp.contains { $0.firstScheduled < $0.firstToken && $0.firstToken == .never })
    note("given up in decode", givenUp.contains { $0.firstToken < .never })
    note("a prompt that started again", events.restartedPrompts > 0)
    note("a resume with its prompt held by a sibling", events.sharedResumes > 0)
    note("a prompt in several chunks", events.partialChunks > 0)
    note("a prompt partly found in the cache", records.contains { $0.cachedPromptTokens > 0 })
    note("a refused request", records.contains { $0.outcome == .rejected })
    note("a vote", completed.contains { $0.samples > 1 })
    note("a one-token request", completed.contains { $0.outputTokens == 1 })
    note("an output cut by the length limit", events.cutSamples > 0)
    note("reasoning before an answer", completed.contains { $0.reasoningTokens > 0 })
    note("an arrival at the end of an iteration", events.arrivalsAtEnds > 0)
    note("a follow-up", events.followUps > 0)
    note("a query held back by the cap", events.heldBack > 0)
    note(
      "decode and prefill in one iteration",
      trace.iterations.contains { $0.shape.decodeRows > 0 && $0.shape.prefillChunks > 0 })
    note("a batch of two or more", trace.iterations.contains { $0.shape.decodeRows > 1 })
  }

  private mutating func countCourses(_ events: ReferenceTrace.Events) {
    for (purpose, count) in zip(Attempt.Purpose.allCases, events.attempts) {
      note("an attempt: \(purpose)", count > 0)
    }
    note("an attempt that was not made", events.refusedAttempts > 0)
    note("cancelled samples", events.cancelledSamples > 0)
    note("a checkpoint", events.checkpoints > 0)
    note("a chain that was stopped", events.stoppedChains > 0)
  }

  private mutating func countModes(_ result: ReferenceResult) {
    let fleet = result.fleet
    note("several replicas", fleet.pools.reduce(0) { $0 + $1.replicaCount } > 1)
    note("several pools", fleet.pools.count > 1)
    for order in SchedulingOrder.allCases {
      note("order \(order.rawValue)", fleet.pools.contains { $0.rules.order == order })
    }
    note("prompts computed whole", fleet.pools.contains { !$0.rules.chunksPrefill })
    note("a watermark", fleet.pools.contains { $0.rules.watermarkBlocks > 0 })
    if case .closedLoop = fleet.arrivals { note("a closed loop", true) }
    if case .capped = fleet.arrivals { note("a cap", true) }
    note("a window", fleet.window != .wholeRun && !result.measured.isEmpty)
    note("a steady state", fleet.window == .steadyState && !result.measured.isEmpty)
  }
}
