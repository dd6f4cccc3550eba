public import FleetEngine
public import Quantities

/// GPU energy and queues of the fleet over a stretch of the time series.
public struct PowerBin: Mergeable, Hashable {
  /// Start of the stretch.
  public var start = SimTime.never
  public var duration = SimDuration.zero
  public var energy = Energy.zero
  /// Requests that wait and rows that run at the ends of the intervals, summed over these.
  public var waitingRequests = 0
  public var runningRows = 0
  public var intervals = 0

  /// Mean power, watts; nil for an empty stretch.
  public var watts: Double? { duration > .zero ? energy.joules / duration.seconds : nil }

  /// In the mean over the ends of the intervals; nil for an empty stretch.
  public var meanWaiting: Double? {
    intervals > 0 ? Double(waitingRequests) / Double(intervals) : nil
  }

  /// Likewise.
  public var meanRows: Double? {
    intervals > 0 ? Double(runningRows) / Double(intervals) : nil
  }

  public init() {}

  public mutating func add(_ interval: FleetInterval) {
    start = min(start, interval.start)
    duration += interval.duration
    energy += interval.energy
    waitingRequests += interval.waitingRequests
    runningRows += interval.runningRows
    intervals += 1
  }

  public mutating func merge(_ other: Self) {
    start = min(start, other.start)
    duration += other.duration
    energy += other.energy
    waitingRequests += other.waitingRequests
    runningRows += other.runningRows
    intervals += other.intervals
  }
}

/// Power over time, thinned by averaging neighbours so that a picture of it stays small.
public typealias PowerSeries = DoublingBins<PowerBin>
