public import FleetEngine
public import Quantities

/// GPU energy of the fleet over a stretch of the time series.
public struct PowerBin: Mergeable, Hashable {
  /// Start of the stretch.
  public var start = SimTime.never
  public var duration = SimDuration.zero
  public var energy = Energy.zero

  /// Mean power, watts; nil for an empty stretch.
  public var watts: Double? { duration > .zero ? energy.joules / duration.seconds : nil }

  public init() {}

  public mutating func add(_ interval: FleetInterval) {
    start = min(start, interval.start)
    duration += interval.duration
    energy += interval.energy
  }

  public mutating func merge(_ other: Self) {
    start = min(start, other.start)
    duration += other.duration
    energy += other.energy
  }
}

/// Power over time, thinned by averaging neighbours so that a picture of it stays small.
public typealias PowerSeries = DoublingBins<PowerBin>
