import DeviceModels
import FleetEngine
public import Quantities

/// What the reference knows of one interval of the time series: the fields of a `FleetInterval`.
public struct ReferenceInterval: Sendable {
  public var start: SimTime
  public var duration: SimDuration
  public var energyByPool: [Energy]
  public var outputTokens = 0
  public var promptTokens = 0
  public var arrivals = 0
  public var completions = 0
  public var waitingRequests = 0
  public var runningRows = 0
  public var busyReplicas = 0
  public var kvUsage = 0.0

  public var energy: Energy { energyByPool.reduce(.zero, +) }

  init(start: SimTime, end: SimTime, energyByPool: [Energy]) {
    self.start = start
    duration = end - start
    self.energyByPool = energyByPool
  }
}

extension ReferenceResult {
  /// The time series of the whole run. Its last interval ends with the run.
  public var intervals: [ReferenceInterval] {
    let bounds = intervalBounds
    let busy = busyReadings(bounds)
    var intervals: [ReferenceInterval] = []
    for (index, bound) in bounds.enumerated() {
      let start = index == 0 ? .zero : bounds[index - 1]
      let energy = fleet.pools.enumerated().map { number, pool in
        let reading = busy[index][number]
        let replicaTime = (bound - start).ticks * Int128(pool.replicaCount)
        return reading.prefill + reading.decode
          + pool.model.idlePower * (SimDuration(ticks: replicaTime) - reading.busyTime)
      }
      intervals.append(ReferenceInterval(start: start, end: bound, energyByPool: energy))
    }
    countFacts(in: &intervals)
    readStates(at: bounds, into: &intervals)
    return intervals
  }

  /// The ends of the intervals.
  private var intervalBounds: [SimTime] {
    var bounds: [SimTime] = []
    var bound = SimTime.zero + fleet.seriesInterval
    while bound < end {
      bounds.append(bound)
      bound = bound + fleet.seriesInterval
    }
    return end > .zero ? bounds + [end] : []
  }

  /// The interval that holds what happens at `time`.
  private func interval(of time: SimTime) -> Int {
    time == .zero ? 0 : Int((time.ticks - 1) / fleet.seriesInterval.ticks)
  }

  /// What iterations drew and took, by interval, then by pool.
  private func busyReadings(_ bounds: [SimTime]) -> [[ReferenceReading]] {
    var busy = bounds.map { _ in fleet.pools.map { _ in ReferenceReading() } }
    for iteration in trace.iterations {
      var before = ReferenceReading()
      var index = Int(iteration.start.ticks / fleet.seriesInterval.ticks)
      while before.busyTime < iteration.end - iteration.start {
        var upTo = ReferenceReading()
        upTo.add(iteration, upTo: bounds[index])
        busy[index][iteration.pool] = busy[index][iteration.pool] + (upTo - before)
        before = upTo
        index += 1
      }
    }
    return busy
  }

  private func countFacts(in intervals: inout [ReferenceInterval]) {
    guard !intervals.isEmpty else { return }
    for output in trace.outputs { intervals[interval(of: output.time)].outputTokens += 1 }
    for prompt in trace.prompts {
      intervals[interval(of: prompt.time)].promptTokens += prompt.count
    }
    for arrival in trace.arrivals { intervals[interval(of: arrival)].arrivals += 1 }
    for record in records where record.outcome == .completed {
      intervals[interval(of: record.end)].completions += 1
    }
  }

  /// The fleet at the end of each interval, as the last instant until then left it.
  private func readStates(at bounds: [SimTime], into intervals: inout [ReferenceInterval]) {
    var states = trace.states[...]
    var current = states.first
    for (index, bound) in bounds.enumerated() {
      while let next = states.first, next.time <= bound { current = states.popFirst() ?? current }
      let replicas = current?.replicas ?? []
      let used = replicas.reduce(0) { $0 + $1.heldPrefixBlocks + $1.ownedBlocks }
      let total = replicas.reduce(0) { $0 + $1.blockCount }
      intervals[index].waitingRequests = replicas.reduce(0) { $0 + $1.waiting }
      intervals[index].runningRows = replicas.reduce(0) { $0 + $1.runningRows }
      intervals[index].busyReplicas = replicas.reduce(0) { $0 + ($1.isBusy ? 1 : 0) }
      intervals[index].kvUsage = total == 0 ? 0 : Double(used) / Double(total)
    }
  }
}
