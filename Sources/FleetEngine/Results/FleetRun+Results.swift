internal import DeviceModels
internal import Quantities

/// What a finished run leaves behind.
extension FleetRun {
  /// The books of the whole run, each kept by its own part of the engine.
  mutating func accounts(at end: SimTime) -> RunAccounts {
    let final = snapshot(at: end)
    var idleTime = SimDuration.zero
    var busyTime = SimDuration.zero
    var blocksHeld = 0
    var pendingTokens = 0
    var (unheld, cached) = (0, 0)
    for index in 0..<replicas.count {
      busyTime += replicas[index].meter.busyTime
      idleTime += replicas[index].meter.idleTime + (end - replicas[index].meter.idleSince)
      blocksHeld += replicas[index].blocks.used
      pendingTokens += replicas[index].pendingTokens
      unheld += replicas[index].blocks.unheld
      cached += replicas[index].prefixes.countBlocks().unheld
    }
    let whole = final.whole
    return RunAccounts(
      arrived: tally.arrived, completed: completedCount, rejected: rejectedCount,
      givenUp: givenUpCount, inFlight: requests.count, attributed: endedEnergy,
      active: whole.prefill + whole.decode, idle: whole.idle, integral: final.integral,
      busyTime: busyTime, idleTime: idleTime,
      replicaTime: SimDuration(ticks: end.ticks * Int128(replicas.count)),
      kvBlocksHeld: blocksHeld, kvBlocksUnheld: unheld, kvBlocksCached: cached,
      pendingTokens: pendingTokens)
  }

  private var extentByPool: [ShapeExtent] {
    let none = ShapeExtent(decodeRows: 0, contextTokens: 0, promptTokens: 0)
    var extents = fleet.pools.map { _ in none }
    for index in 0..<replicas.count {
      extents[replicas[index].pool].formMaximum(replicas[index].extent)
    }
    return extents
  }

  /// The figures of the window.
  mutating func measured(at end: SimTime) -> RunResult {
    let closing = window.closing ?? window.opening
    let opening = window.opening
    let (last, first) = (closing.whole, opening.whole)
    result.energy.prefill = last.prefill - first.prefill
    result.energy.decode = last.decode - first.decode
    result.energy.idle = last.idle - first.idle
    result.energy.attributed = closing.attributed - opening.attributed
    result.energy.integral = closing.integral - opening.integral
    result.energy.gpuByPool = zip(closing.byPool, opening.byPool).map { $0.gpu - $1.gpu }
    result.busyTime = last.busyTime - first.busyTime
    result.windowStart = opening.time
    result.windowEnd = closing.time
    result.end = end
    result.tokens = tally.tokens
    result.extentByPool = extentByPool
    result.latency.interTokenLatency = tally.interTokenLatency
    result.iterations = tally.iterations
    result.preemptions = tally.preemptions
    result.evictions = tally.evictions
    result.cutSamples = tally.cutSamples
    result.rejectedInAll = rejectedCount
    result.courses.cancelledSamples = requests.courses.cancelledSamples
    result.decodeRowSum = tally.decodeRowSum
    result.decodeIterations = tally.decodeIterations
    return result
  }
}
