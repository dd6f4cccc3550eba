internal import NumericalMethods
internal import Quantities
internal import Workloads

/// The measurement window, the closed loop's sources, and the time series.
extension FleetRun {
  mutating func openWindow(at now: SimTime) {
    windowOpening = snapshot(at: now)
    tally.isOpen = true
  }

  mutating func closeWindow(at now: SimTime) {
    guard windowClosing == nil else { return }
    if !tally.isOpen { windowOpening = snapshot(at: now) }
    windowClosing = snapshot(at: now)
    tally.isOpen = false
  }

  /// Passes the bounds of the window and of the time series that lie before the next event, in
  /// their order.
  mutating func passBounds(before next: SimTime, observer: inout some RunObserver) {
    if case .between(let start, let end) = fleet.window, windowClosing == nil {
      if !tally.isOpen, start <= next {
        passIntervals(before: start, observer: &observer)
        openWindow(at: start)
      }
      if tally.isOpen, end <= next {
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
    if sourceIsDry, fleet.window == .steadyState { closeWindow(at: now) }
  }

  /// Takes queries from the source until one is not refused, or the source is dry.
  private mutating func fillSlot(
    at now: SimTime, headStart: Double? = nil, observer: inout some RunObserver
  ) throws {
    while !sourceIsDry {
      guard let query = try source.next() else {
        sourceIsDry = true
        return
      }
      if try arrive(query, at: now, headStart: headStart, observer: &observer) { return }
    }
  }

  /// Opens a steady-state window once every slot has turned over.
  mutating func updateSteadyState(at now: SimTime) {
    guard fleet.window == .steadyState, firstRoundLeft == 0, !tally.isOpen,
      windowClosing == nil
    else { return }
    openWindow(at: now)
  }

  /// Ends the intervals of the time series that are over before `now`. What happens at the very
  /// end of an interval belongs to it, so that the last one holds the run's end.
  private mutating func passIntervals(before now: SimTime, observer: inout some RunObserver) {
    while series.end < now { endInterval(at: series.end, observer: &observer) }
  }

  mutating func endInterval(at end: SimTime, observer: inout some RunObserver) {
    let start = series.start
    let byPool = series.closeInterval(at: end)
    let energy = byPool.reduce(Energy.zero, +)
    let duration = end - start
    var waiting = 0
    var rows = 0
    var busy = 0
    var used = 0
    var total = 0
    for (index, view) in views.enumerated() {
      waiting += view.waitingRequests
      rows += view.runningRows
      used += view.kvBlocksUsed
      total += view.kvBlockCount
      if !isIdle[index] { busy += 1 }
    }
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
        kvUsage: total == 0 ? 0 : Double(used) / Double(total)))
    tally.startInterval()
  }

  /// Whether an interval that is over lies in the window.
  private func windowHolds(_ start: SimTime, _ end: SimTime) -> Bool {
    guard tally.isOpen || windowClosing != nil else { return false }
    return start >= windowOpening.time && end <= windowClosing?.time ?? .never
  }
}
