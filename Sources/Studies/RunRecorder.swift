public import FleetEngine
internal import Quantities

/// An observer that has something to put in order when its run is over.
public protocol RunRecorder: RunObserver, Sendable {
  /// Called once, after the last request and interval. Throws what went wrong on the way.
  mutating func finish() throws
}

/// Records nothing.
public struct NoRecorder: RunRecorder {
  public init() {}
  public mutating func requestEnded(_ record: RequestRecord) {}
  public mutating func intervalEnded(_ interval: FleetInterval) {}
  public mutating func finish() {}
}

/// Feeds the study's own sums and the caller's recorder from one run.
struct StudyObserver<Recorder: RunRecorder>: RunObserver {
  var batches = RequestBatches()
  /// Nil where nothing will be compared.
  private(set) var comparison: ComparisonCollector?
  /// Nil where nobody asks for it.
  private(set) var poolLoads: PoolLoadCollector?
  var power = PowerSeries(limit: 512)
  /// Of requests that were given up and ended in the measurement window.
  var givenUpEnergy = Energy.zero
  var recorder: Recorder
  var progress: ProgressThrottle
  let window: MeasurementWindow
  private var intervalCount: UInt64 = 0

  init(recorder: Recorder, progress: ProgressThrottle, window: MeasurementWindow) {
    self.recorder = recorder
    self.progress = progress
    self.window = window
  }

  var followsStretches: Bool { recorder.followsStretches }

  mutating func stretchEnded(_ stretch: StretchRecord) { recorder.stretchEnded(stretch) }

  mutating func keep(_ detail: RunDetail, of fleet: FleetConfiguration) {
    if detail.contains(.poolLoads) { poolLoads = PoolLoadCollector(fleet) }
    if detail.contains(.comparison) {
      comparison = ComparisonCollector(objective: fleet.objective, window: fleet.window)
    }
  }

  mutating func requestEnded(_ record: RequestRecord) {
    if record.isMeasured, record.outcome == .timedOut || record.outcome == .cancelled {
      givenUpEnergy += record.energy
    }
    if counts(record) {
      batches.update(record.id) { $0.add(record) }
      comparison?.requestEnded(record)
    }
    poolLoads?.requestEnded(record)
    progress.requestEnded(at: record.end)
    recorder.requestEnded(record)
  }

  mutating func intervalEnded(_ interval: FleetInterval) {
    power.update(intervalCount) { $0.add(interval) }
    intervalCount += 1
    comparison?.intervalEnded(interval)
    progress.intervalEnded(interval)
    recorder.intervalEnded(interval)
  }

  /// Pairs need the same queries under every policy, so a window of given times takes those that
  /// *arrive* in it; a closed loop's takes those that were measured, and batches that differ
  /// between two runs are left out when these are compared.
  private func counts(_ record: RequestRecord) -> Bool {
    switch window {
    case .wholeRun: true
    case .between(let start, let end): record.arrival >= start && record.arrival < end
    case .steadyState: record.isMeasured
    }
  }
}
