internal import Quantities

/// GPU energy of the fleet by pool in the interval of the time series in progress: the account
/// that the requests' and the replicas' accounts are checked against.
///
/// What replicas draw while they compute is booked when a stretch ends and when the interval
/// does; what idle replicas draw is integrated from their summed power.
struct FleetPowerSeries {
  let interval: SimDuration
  /// Start of the interval in progress.
  private(set) var start = SimTime.zero
  private var energy: [Energy]
  private var idlePower: [Power]
  /// Until when the idle power is integrated.
  private var idleUntil = SimTime.zero
  /// Energy of the intervals that are over.
  private var past = Energy.zero

  init(interval: SimDuration, poolCount: Int) {
    self.interval = interval
    energy = Array(repeating: .zero, count: poolCount)
    idlePower = Array(repeating: .zero, count: poolCount)
  }

  /// End of the interval in progress.
  var end: SimTime { start + interval }

  /// A replica of `pool` turns idle (its `power` is added) or busy (`power` negative) at `now`.
  mutating func changeIdlePower(of pool: Int, by power: Power, at now: SimTime) {
    integrateIdle(to: now)
    idlePower[pool] = idlePower[pool] + power
  }

  /// Books what a replica of `pool` has drawn since it last did.
  mutating func add(quanta: Int128, pool: Int) { energy[pool].quanta += quanta }

  private mutating func integrateIdle(to now: SimTime) {
    guard now > idleUntil else { return }
    let span = now - idleUntil
    for pool in energy.indices where idlePower[pool] > .zero {
      energy[pool] += idlePower[pool] * span
    }
    idleUntil = now
  }

  /// Closes the interval at `now` (its end, or the end of the run), and returns its energy by
  /// pool.
  mutating func closeInterval(at now: SimTime) -> [Energy] {
    integrateIdle(to: now)
    let closed = energy
    for pool in energy.indices {
      past += energy[pool]
      energy[pool] = .zero
    }
    start = now
    return closed
  }

  /// Everything booked up to now.
  mutating func booked(at now: SimTime) -> Energy {
    integrateIdle(to: now)
    return energy.reduce(past, +)
  }
}
