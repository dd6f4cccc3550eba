internal import Quantities

/// The fleet's accounts at one instant; the difference of two describes the window between.
struct WindowSnapshot {
  var time = SimTime.zero
  var byPool: [MeterReading]
  var attributed = Energy.zero
  var integral = Energy.zero

  init(poolCount: Int) { byPool = Array(repeating: MeterReading(), count: poolCount) }

  var whole: MeterReading { byPool.reduce(MeterReading(), +) }
}

extension FleetRun {
  /// Reads all accounts at `now`, to which everything is booked; iterations in progress in
  /// proportion to their time.
  mutating func snapshot(at now: SimTime) -> WindowSnapshot {
    var snapshot = WindowSnapshot(poolCount: fleet.pools.count)
    snapshot.time = now
    snapshot.attributed = endedEnergy + requests.settledEnergy
    snapshot.integral = series.booked(at: now)
    for index in 0..<replicas.count {
      let pool = replicas[index].pool
      snapshot.byPool[pool] = snapshot.byPool[pool] + replicas[index].reading(at: now)
      snapshot.attributed.quanta += replicas[index].unsettledQuanta(at: now)
    }
    return snapshot
  }
}

extension Replica {
  fileprivate func reading(at now: SimTime) -> MeterReading {
    meter.reading(at: now, during: stretch, idlePower: idlePower)
  }

  /// What its requests have drawn by `now` and their records do not hold yet.
  fileprivate func unsettledQuanta(at now: SimTime) -> Int128 {
    var quanta = shares.unborneQuanta
    var slot = batch.first
    while slot >= 0 {
      quanta += shares.borne(since: batch[slot].joined, base: batch[slot].base)
      slot = batch[slot].next
    }
    guard stretch.isInProgress else { return quanta }
    let drawn = stretch.drawn(by: now)
    return quanta + drawn.prefill + drawn.decode
  }
}
