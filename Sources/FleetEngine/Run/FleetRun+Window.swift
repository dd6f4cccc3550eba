internal import NumericalMethods
internal import Quantities
internal import Workloads

/// Where the measurement window stands.
struct WindowState {
  var opening: WindowSnapshot
  var closing: WindowSnapshot?
  /// What a closed loop's window does once all ends of this instant are handled.
  var opensNow = false
  var closesNow = false
  /// The next bound of a window of given times.
  var nextBound = SimTime.never

  init(_ window: MeasurementWindow, poolCount: Int) {
    opening = WindowSnapshot(poolCount: poolCount)
    if case .between(let start, _) = window { nextBound = start }
  }
}

/// The measurement window, the closed loop's sources, and the time series.
extension FleetRun {
  mutating func openWindow(at now: SimTime) {
    bookProgress(at: now)
    window.opening = snapshot(at: now)
    tally.isOpen = true
    if case .between(_, let end) = fleet.window { window.nextBound = end }
  }

  mutating func closeWindow(at now: SimTime) {
    guard window.closing == nil else { return }
    bookProgress(at: now)
    let snapshot = snapshot(at: now)
    if !tally.isOpen { window.opening = snapshot }
    window.closing = snapshot
    tally.isOpen = false
    window.nextBound = .never
  }

  /// Whether `passBounds` has anything to pass before `next`: most events follow none.
  @inline(__always) func hasBound(before next: SimTime) -> Bool {
    series.end < next || window.nextBound < next || window.opensNow || window.closesNow
  }

  /// Passes the bounds of the window and of the time series up to `now`, whose events have all
  /// been handled, and before the next event.
  mutating func passBounds(at now: SimTime, before next: SimTime, observer: inout some RunObserver)
  {
    if window.opensNow { openWindow(at: now) }
    if window.closesNow { closeWindow(at: now) }
    window.opensNow = false
    window.closesNow = false
    if case .between(let start, let end) = fleet.window, window.closing == nil {
      if !tally.isOpen, start < next {
        passIntervals(before: start, observer: &observer)
        openWindow(at: start)
      }
      if tally.isOpen, end < next {
        passIntervals(before: end, observer: &observer)
        closeWindow(at: end)
      }
    }
    passIntervals(before: next, observer: &observer)
  }

  /// Fills every slot of the closed loop for the first time, each somewhere inside a request.
  mutating func issueFirstRound(
    concurrencyPerReplica: Int, observer: inout some RunObserver
  ) throws {
    let progress = RandomStream(seed: fleet.seed, purpose: "closed-loop first round")
    for slot in 0..<concurrencyPerReplica * replicas.count {
      try fillSlot(
        at: .zero, headStart: progress.uniform(id: UInt64(slot)), observer: &observer)
    }
  }

  /// The next request of a closed loop, as one ends.
  mutating func issueNext(at now: SimTime, observer: inout some RunObserver) throws {
    try fillSlot(at: now, observer: &observer)
    if arrivals.sourceIsDry, fleet.window == .steadyState { window.closesNow = true }
  }

  /// Takes queries from the source until one is not refused, or the source is dry.
  private mutating func fillSlot(
    at now: SimTime, headStart: Double? = nil, observer: inout some RunObserver
  ) throws {
    while var query = try arrivals.pull() {
      query.arrival = now
      if try arrive(query, at: now, headStart: headStart, observer: &observer) { return }
    }
  }

  /// Opens a steady-state window once every slot has turned over.
  mutating func updateSteadyState() {
    guard fleet.window == .steadyState, firstRoundLeft == 0, !tally.isOpen,
      window.closing == nil
    else { return }
    window.opensNow = true
  }

  /// Ends the intervals of the time series that are over before `now`. What happens at the very
  /// end of an interval belongs to it, so that the last one holds the run's end.
  private mutating func passIntervals(before now: SimTime, observer: inout some RunObserver) {
    while series.end < now { endInterval(at: series.end, observer: &observer) }
  }

  mutating func endInterval(at end: SimTime, observer: inout some RunObserver) {
    var waiting = 0
    var rows = 0
    var busy = 0
    var used = 0
    for index in 0..<replicas.count {
      let (quanta, blocksUsed) = replicas[index].bookSeries(&tally, by: end)
      series.add(quanta: quanta, pool: replicas[index].pool)
      used += blocksUsed
      waiting += replicas[index].waiting.count
      rows += replicas[index].batchRows
      if !isIdle[index] { busy += 1 }
    }
    let start = series.start
    let byPool = series.closeInterval(at: end)
    let energy = byPool.reduce(Energy.zero, +)
    let duration = end - start
    let isWhole = duration == fleet.seriesInterval || start == .zero
    if isWhole && windowHolds(start, end) {
      result.powerMilliwatts.record(Int64((energy.joules / duration.seconds * 1e3).rounded()))
    }
    observer.intervalEnded(
      FleetInterval(
        start: start, duration: duration, energy: energy, energyByPool: byPool,
        outputTokens: tally.intervalOutputTokens, promptTokens: tally.intervalPromptTokens,
        arrivals: tally.intervalArrivals, completions: tally.intervalCompletions,
        waitingRequests: waiting, runningRows: rows, busyReplicas: busy,
        kvUsage: kvBlockCount == 0 ? 0 : Double(used) / Double(kvBlockCount)))
    tally.startInterval()
  }

  /// Whether an interval that is over lies in the window.
  private func windowHolds(_ start: SimTime, _ end: SimTime) -> Bool {
    guard tally.isOpen || window.closing != nil else { return false }
    return start >= window.opening.time && end <= window.closing?.time ?? .never
  }
}
