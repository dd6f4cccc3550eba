internal import Quantities

/// What a replica has drawn and done up to the last boundary.
struct ReplicaMeter {
  var prefillQuanta: Int128 = 0
  var decodeQuanta: Int128 = 0
  var busyTime = SimDuration.zero
  var idleTime = SimDuration.zero
  /// Since when no iteration is in progress; meaningless while one is.
  var idleSince = SimTime.zero

  /// The replica turns busy.
  mutating func begin(at now: SimTime) { idleTime += now - idleSince }

  /// Books a stretch that ends at `now`.
  @inline(__always) mutating func end(
    prefillQuanta prefill: Int128, decodeQuanta decode: Int128, since start: SimTime,
    at now: SimTime
  ) {
    prefillQuanta += prefill
    decodeQuanta += decode
    busyTime += now - start
    idleSince = now
  }

  /// The account at `now`, the stretch in progress as far as it has come.
  func reading(at now: SimTime, during stretch: Stretch, idlePower: Power) -> MeterReading {
    var reading = MeterReading(
      prefill: Energy(quanta: prefillQuanta), decode: Energy(quanta: decodeQuanta),
      busyTime: busyTime)
    guard stretch.isInProgress else {
      reading.idle = idlePower * (idleTime + (now - idleSince))
      return reading
    }
    let drawn = stretch.drawn(by: now)
    reading.prefill.quanta += drawn.prefill
    reading.decode.quanta += drawn.decode
    reading.idle = idlePower * idleTime
    reading.busyTime += now - stretch.start
    return reading
  }
}

/// Energy by phase and busy time up to an instant.
struct MeterReading {
  var prefill = Energy.zero
  var decode = Energy.zero
  var idle = Energy.zero
  var busyTime = SimDuration.zero

  var gpu: Energy { prefill + decode + idle }

  static func + (a: Self, b: Self) -> Self {
    MeterReading(
      prefill: a.prefill + b.prefill, decode: a.decode + b.decode, idle: a.idle + b.idle,
      busyTime: a.busyTime + b.busyTime)
  }
}
