internal import DeviceModels
internal import Quantities

/// GPU energy of the fleet by interval of time and pool: the account that the requests' and the
/// replicas' accounts are checked against.
///
/// Iterations are spread over the intervals that they touch, at constant power; what idle
/// replicas draw is integrated from their summed power. Holds only intervals not yet over.
struct FleetPowerSeries {
  let interval: SimDuration
  private let poolCount: Int
  /// Start of the first interval that is not over.
  private(set) var start = SimTime.zero
  /// Energy by interval from `start` on, then by pool.
  private var energy: [Energy]
  private var idlePower: [Power]
  /// Until when the idle power is integrated.
  private var idleUntil = SimTime.zero
  /// Energy of the intervals that are over.
  private var past = Energy.zero

  init(interval: SimDuration, poolCount: Int) {
    self.interval = interval
    self.poolCount = poolCount
    energy = Array(repeating: .zero, count: poolCount)
    idlePower = Array(repeating: .zero, count: poolCount)
  }

  /// End of the first interval that is not over.
  var end: SimTime { start + interval }

  /// A replica of `pool` turns idle (its `power` is added) or busy (`power` negative) at `now`.
  mutating func changeIdlePower(of pool: Int, by power: Power, at now: SimTime) {
    integrateIdle(to: now)
    idlePower[pool] = idlePower[pool] + power
  }

  /// Spreads the energy of an iteration, which starts now, over its time.
  mutating func add(_ iteration: IterationInProgress, pool: Int) {
    let total = iteration.cost.energy
    if iteration.end <= end {
      energy[pool] += total
      return
    }
    var booked = Energy.zero
    var index = 0
    var intervalEnd = end
    while intervalEnd < iteration.end {
      let upTo = Proration(iteration, at: intervalEnd).of(total)
      reserve(index)
      energy[index * poolCount + pool] += upTo - booked
      booked = upTo
      index += 1
      intervalEnd = intervalEnd + interval
    }
    reserve(index)
    energy[index * poolCount + pool] += total - booked
  }

  private mutating func reserve(_ index: Int) {
    while energy.count < (index + 1) * poolCount { energy.append(.zero) }
  }

  private mutating func integrateIdle(to now: SimTime) {
    let span = now - idleUntil
    for pool in 0..<poolCount { energy[pool] += idlePower[pool] * span }
    idleUntil = now
  }

  /// Closes the first interval at `now` (its end, or the end of the run), and returns its energy
  /// by pool.
  mutating func closeInterval(at now: SimTime) -> [Energy] {
    integrateIdle(to: now)
    let closed = Array(energy[0..<poolCount])
    for part in closed { past += part }
    energy.removeFirst(poolCount)
    reserve(0)
    start = now
    return closed
  }

  /// Everything booked up to now, iterations in progress with their whole energy.
  mutating func booked(at now: SimTime) -> Energy {
    integrateIdle(to: now)
    return energy.reduce(past, +)
  }
}
