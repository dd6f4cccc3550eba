internal import DeviceModels
internal import Quantities

/// The iteration that a replica is computing.
struct IterationInProgress {
  var start: SimTime
  var end: SimTime
  var shape: IterationShape
  var cost: IterationCost
  var energy: PhaseEnergy
}

/// Energy of an iteration by phase.
struct PhaseEnergy {
  /// Of the prefill, what its own attention kernels drew; the rest is its part of the shared.
  var prefillOwn: Energy
  var prefillShared: Energy
  var decodeOwn: Energy
  var decodeShared: Energy

  var prefill: Energy { prefillOwn + prefillShared }
  var decode: Energy { decodeOwn + decodeShared }

  /// Each phase bears its own kernels; what both use (weights, overhead) goes by tokens.
  init(_ cost: IterationCost, _ shape: IterationShape) {
    let shared = cost.energy - cost.prefillOwnEnergy - cost.decodeOwnEnergy
    let tokens = Int128(shape.decodeRows + shape.prefillTokens)
    decodeOwn = cost.decodeOwnEnergy
    prefillOwn = cost.prefillOwnEnergy
    decodeShared = Energy(quanta: shared.quanta * Int128(shape.decodeRows) / tokens)
    prefillShared = shared - decodeShared
  }
}

/// What a replica has drawn and done up to the last iteration boundary.
struct ReplicaMeter {
  var prefill = Energy.zero
  var decode = Energy.zero
  var busyTime = SimDuration.zero
  var idleTime = SimDuration.zero
  /// Since when no iteration is in progress; meaningless while one is.
  var idleSince = SimTime.zero
  var inProgress: IterationInProgress?

  mutating func begin(_ iteration: IterationInProgress, fromIdle: Bool) {
    if fromIdle { idleTime += iteration.start - idleSince }
    inProgress = iteration
  }

  /// Books the iteration that ends, and returns it.
  mutating func end() -> IterationInProgress {
    guard let iteration = inProgress else { preconditionFailure("no iteration in progress") }
    prefill += iteration.energy.prefill
    decode += iteration.energy.decode
    busyTime += iteration.cost.duration
    idleSince = iteration.end
    inProgress = nil
    return iteration
  }

  /// The account at `now`, an iteration in progress counted in proportion to its time.
  func reading(at now: SimTime, idlePower: Power) -> MeterReading {
    guard let iteration = inProgress else {
      return MeterReading(
        prefill: prefill, decode: decode,
        idle: idlePower * (idleTime + (now - idleSince)), busyTime: busyTime)
    }
    let part = Proration(iteration, at: now)
    return MeterReading(
      prefill: prefill + part.of(iteration.energy.prefill),
      decode: decode + part.of(iteration.energy.decode),
      idle: idlePower * idleTime, busyTime: busyTime + (now - iteration.start))
  }
}

/// The elapsed part of an iteration in progress: its power is constant over its time.
struct Proration {
  private let elapsed: Int128
  private let whole: Int128

  init(_ iteration: IterationInProgress, at now: SimTime) {
    elapsed = min(now, iteration.end).ticks - iteration.start.ticks
    whole = iteration.end.ticks - iteration.start.ticks
  }

  /// Whole quanta, rounded down.
  func of(_ energy: Energy) -> Energy {
    let product = energy.quanta.magnitude.multipliedFullWidth(by: elapsed.magnitude)
    return Energy(quanta: Int128(whole.magnitude.dividingFullWidth(product).quotient))
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
