public import FleetEngine

/// Keeps everything that a run reports.
public struct RecordingObserver: RunObserver {
  public private(set) var records: [RequestRecord] = []
  public private(set) var intervals: [FleetInterval] = []

  public init() {}

  public mutating func requestEnded(_ record: RequestRecord) { records.append(record) }
  public mutating func intervalEnded(_ interval: FleetInterval) { intervals.append(interval) }

  /// The record of request `id`, or nil if it never ended.
  public func record(of id: UInt64) -> RequestRecord? { records.first { $0.id == id } }
}

/// Keeps nothing: for long runs that only look at the totals.
public struct SilentObserver: RunObserver {
  public init() {}
  public mutating func requestEnded(_ record: RequestRecord) {}
  public mutating func intervalEnded(_ interval: FleetInterval) {}
}
