internal import FleetEngine
internal import NumericalMethods
public import Quantities

/// What a comparison adds to the sums over the requests of one batch.
public struct ComparisonSums: Mergeable, Hashable {
  /// Requests that met the whole objective.
  public var metObjective = 0
  /// GPU energy of the fleet, idle included, while the batch's queries arrived.
  public var fleetEnergy = Energy.zero
  /// How long that took.
  public var fleetTime = SimDuration.zero
  /// Nanoseconds, over the completed requests.
  var timeToFirstToken = SparseQuantileSketch()
  var timePerOutputToken = SparseQuantileSketch()
  var endToEnd = SparseQuantileSketch()

  public init() {}

  mutating func add(_ record: RequestRecord, _ objective: ServiceLevelObjective) {
    guard record.outcome == .completed else { return }
    if !objective.isEmpty, record.meets(objective) { metObjective += 1 }
    timeToFirstToken.record(record.timeToFirstToken.nanoseconds)
    endToEnd.record(record.endToEndLatency.nanoseconds)
    if let time = record.timePerOutputToken { timePerOutputToken.record(time.nanoseconds) }
  }

  public mutating func merge(_ other: Self) {
    metObjective += other.metObjective
    fleetEnergy += other.fleetEnergy
    fleetTime += other.fleetTime
    timeToFirstToken.merge(other.timeToFirstToken)
    timePerOutputToken.merge(other.timePerOutputToken)
    endToEnd.merge(other.endToEnd)
  }
}

/// The same over the batches of `RequestBatches`.
public typealias ComparisonBatches = DoublingBins<ComparisonSums>

/// Fills the batches of a comparison while a run goes on.
struct ComparisonCollector {
  private(set) var batches = ComparisonBatches(limit: RequestBatches.batchLimit)
  let objective: ServiceLevelObjective
  private let window: MeasurementWindow
  private var arrived = 0
  /// Of the intervals since a query last came: what the fleet draws once the last has come is
  /// nobody's batch.
  private var waitingEnergy = Energy.zero
  private var waitingTime = SimDuration.zero

  init(objective: ServiceLevelObjective, window: MeasurementWindow) {
    self.objective = objective
    self.window = window
  }

  mutating func requestEnded(_ record: RequestRecord) {
    let objective = objective
    batches.update(record.id) { $0.add(record, objective) }
  }

  /// Queries are numbered in the order in which they come, so that the last one that has come
  /// names the batch in which an interval lies.
  mutating func intervalEnded(_ interval: FleetInterval) {
    arrived += interval.arrivals
    guard arrived > 0, isMeasured(interval) else { return }
    waitingEnergy += interval.energy
    waitingTime += interval.duration
    guard interval.arrivals > 0 else { return }
    batches.update(UInt64(arrived - 1)) {
      $0.fleetEnergy += waitingEnergy
      $0.fleetTime += waitingTime
    }
    waitingEnergy = .zero
    waitingTime = .zero
  }

  private func isMeasured(_ interval: FleetInterval) -> Bool {
    guard case .between(let start, let end) = window else { return true }
    return interval.start >= start && interval.start + interval.duration <= end
  }
}
