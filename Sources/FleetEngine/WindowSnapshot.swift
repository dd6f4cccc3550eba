internal import DeviceModels
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
  /// Reads all accounts at `now`, iterations in progress in proportion to their time.
  mutating func snapshot(at now: SimTime) -> WindowSnapshot {
    var snapshot = WindowSnapshot(poolCount: fleet.pools.count)
    snapshot.time = now
    snapshot.attributed = endedEnergy + requests.settledEnergy
    snapshot.integral = series.booked(at: now)
    for replica in replicas {
      let reading = replica.meter.reading(at: now, idlePower: replica.idlePower)
      snapshot.byPool[replica.pool] = snapshot.byPool[replica.pool] + reading
      snapshot.attributed += replica.shares.carried
      for row in replica.decodeRows {
        snapshot.attributed += replica.shares.borne(since: row.joined, base: row.base)
      }
      guard let iteration = replica.meter.inProgress else { continue }
      let part = Proration(iteration, at: now)
      let elapsed =
        part.of(iteration.energy.prefill) + part.of(iteration.energy.decode)
      snapshot.attributed += elapsed
      snapshot.integral -= iteration.cost.energy - elapsed
    }
    return snapshot
  }
}
