public import FleetEngine
internal import NumericalMethods
public import Quantities

/// Exact sums over the requests of one batch: all that the paired statistics need of them.
public struct RequestSums: Mergeable, Hashable {
  /// Requests that ended, however they did.
  public var ended = 0
  public var completed = 0
  /// Energy attributed to the requests, completed or not: their shares of the iterations that
  /// computed them.
  public var energy = Energy.zero
  /// Completed requests whose answer can be judged, and those of them that are right.
  public var judged = 0
  public var correct = 0
  /// Over the completed requests.
  public var endToEndLatency = SimDuration.zero
  public var timeToFirstToken = SimDuration.zero
  public var outputTokens = 0
  /// Which queries ended: equal for equal sets, and for others with a chance of 2⁻⁶⁴.
  public var queryDigest: UInt64 = 0

  public init() {}

  public mutating func add(_ record: RequestRecord) {
    ended += 1
    queryDigest &+= RandomStream.mix(record.id)
    energy += record.energy
    guard record.outcome == .completed else { return }
    completed += 1
    endToEndLatency += record.endToEndLatency
    timeToFirstToken += record.timeToFirstToken
    outputTokens += record.outputTokens
    guard let isCorrect = record.isCorrect else { return }
    judged += 1
    if isCorrect { correct += 1 }
  }

  public mutating func merge(_ other: Self) {
    ended += other.ended
    completed += other.completed
    energy += other.energy
    judged += other.judged
    correct += other.correct
    endToEndLatency += other.endToEndLatency
    timeToFirstToken += other.timeToFirstToken
    outputTokens += other.outputTokens
    queryDigest &+= other.queryDigest
  }

  /// These sums without those of `part`, which was merged into them before.
  func removing(_ part: Self) -> Self {
    var rest = self
    rest.ended -= part.ended
    rest.completed -= part.completed
    rest.energy -= part.energy
    rest.judged -= part.judged
    rest.correct -= part.correct
    rest.endToEndLatency -= part.endToEndLatency
    rest.timeToFirstToken -= part.timeToFirstToken
    rest.outputTokens -= part.outputTokens
    rest.queryDigest &-= part.queryDigest
    return rest
  }
}

/// Sums over batches of contiguous query ids.
///
/// Queries of one batch meet the same queues, so their figures depend on each other; batches far
/// longer than a busy period hardly do. At most 64 are kept, at least 33 of any longer stream:
/// intervals gain little from more than thirty (Schmeiser, "Batch size effects in the analysis
/// of simulation output", Operations Research 30, 1982).
public typealias RequestBatches = DoublingBins<RequestSums>

extension RequestBatches {
  static let batchLimit = 64

  public init() { self.init(limit: Self.batchLimit) }
}
