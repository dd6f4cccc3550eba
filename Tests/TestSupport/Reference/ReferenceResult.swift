import DeviceModels
public import FleetEngine
public import Quantities

/// The measured part of a run.
public struct ReferenceWindow: Sendable {
  /// Nil until the window has opened.
  public internal(set) var start: SimTime?
  /// Nil until the window has closed.
  public internal(set) var end: SimTime?
  /// Whether what happens at `start` counts: only where the window starts with the run.
  public internal(set) var includesStart = false

  /// Whether what happens at `time` counts.
  public func contains(_ time: SimTime) -> Bool {
    guard let start, let end else { return false }
    return (start < time || includesStart && start == time) && time <= end
  }
}

/// What the reference knows of a whole run.
public struct ReferenceResult {
  public let fleet: FleetConfiguration
  /// In order of their ends.
  public var records: [ReferenceRecord]
  /// Every request that was made, in order of ends.
  let attempts: [ReferenceAttempt]
  public var trace: ReferenceTrace
  public let end: SimTime
  public let window: ReferenceWindow

  init(
    fleet: FleetConfiguration, records: [ReferenceRecord], attempts: [ReferenceAttempt],
    trace: ReferenceTrace, end: SimTime,
    window: ReferenceWindow
  ) {
    self.fleet = fleet
    self.records = records
    self.attempts = attempts
    self.trace = trace
    self.end = end
    self.window = Self.window(fleet.window, steadyState: window, end: end)
  }

  /// The window as it came to lie in a run that ended at `end`.
  private static func window(
    _ asked: MeasurementWindow, steadyState: ReferenceWindow, end: SimTime
  ) -> ReferenceWindow {
    var window = steadyState
    switch asked {
    case .wholeRun:
      window.start = .zero
      window.includesStart = true
    case .between(let first, let last):
      window.start = min(first, end)
      window.end = min(last, end)
      window.includesStart = first == .zero
    case .steadyState: window.start = window.start ?? end
    }
    window.end = window.end ?? end
    return window
  }

  /// The records of requests that ended inside the window.
  public var measured: [ReferenceRecord] { records.filter { window.contains($0.end) } }
}

/// Energy by phase and busy time of one pool up to an instant, an iteration in progress in
/// proportion to its time: each phase in whole quanta, rounded down.
public struct ReferenceReading: Equatable, Sendable {
  public var prefill = Energy.zero
  public var decode = Energy.zero
  public var idle = Energy.zero
  public var busyTime = SimDuration.zero

  public var gpu: Energy { prefill + decode + idle }

  static func - (a: Self, b: Self) -> Self {
    Self(
      prefill: a.prefill - b.prefill, decode: a.decode - b.decode, idle: a.idle - b.idle,
      busyTime: a.busyTime - b.busyTime)
  }

  static func + (a: Self, b: Self) -> Self {
    Self(
      prefill: a.prefill + b.prefill, decode: a.decode + b.decode, idle: a.idle + b.idle,
      busyTime: a.busyTime + b.busyTime)
  }

  mutating func add(_ iteration: ReferenceTrace.Iteration, upTo instant: SimTime) {
    guard iteration.start < instant else { return }
    let elapsed = min(instant, iteration.end) - iteration.start
    let whole = iteration.end - iteration.start
    func part(_ energy: Energy) -> Energy {
      guard elapsed < whole else { return energy }
      let product = energy.quanta.magnitude.multipliedFullWidth(by: elapsed.ticks.magnitude)
      return Energy(quanta: Int128(whole.ticks.magnitude.dividingFullWidth(product).quotient))
    }
    prefill += part(iteration.prefillEnergy)
    decode += part(iteration.decodeEnergy)
    busyTime += elapsed
  }
}

extension ReferenceResult {
  /// By pool, up to `instant`.
  public func readings(at instant: SimTime) -> [ReferenceReading] {
    var readings = fleet.pools.map { _ in ReferenceReading() }
    for iteration in trace.iterations { readings[iteration.pool].add(iteration, upTo: instant) }
    for (index, pool) in fleet.pools.enumerated() {
      let replicaTime = SimDuration(ticks: instant.ticks * Int128(pool.replicaCount))
      readings[index].idle = pool.model.idlePower * (replicaTime - readings[index].busyTime)
    }
    return readings
  }

  /// By pool, within the window.
  public var windowReadings: [ReferenceReading] {
    guard let start = window.start, let end = window.end else { return [] }
    return zip(readings(at: end), readings(at: start)).map { $0 - $1 }
  }
}
