internal import DeviceModels
internal import FleetEngine
public import Quantities

/// What the requests that ended in the measurement window asked of one pool.
public struct PoolLoad: Hashable, Sendable {
  public var requests = 0
  public var energy = Energy.zero
  /// Of the requests that completed, whose tokens are counted.
  public var decodeEnergy = Energy.zero
  public var outputTokens = 0
  /// Output tokens that decoding made: the first of each sample comes of its prompt.
  public var decodedTokens = 0
  /// Tokens that the output tokens attended to, were each sample half way through its output.
  public var contextTokens: Int128 = 0
  /// Time from first to last token, of every sample.
  public var rowTime = SimDuration.zero

  public init() {}

  mutating func add(_ record: RequestRecord) {
    requests += 1
    energy += record.energy
    guard record.outcome == .completed, record.samples > 0 else { return }
    decodeEnergy += record.decodeEnergy
    outputTokens += record.outputTokens
    decodedTokens += max(0, record.outputTokens - record.samples)
    let context = record.promptTokens + record.outputTokens / (2 * record.samples)
    contextTokens += Int128(context) * Int128(record.outputTokens)
    rowTime.ticks += (record.end - record.firstToken).ticks * Int128(record.samples)
  }
}

/// Where a pool works on its operating curve.
public struct PoolOperatingPoint: Hashable, Sendable {
  /// Rows in the batch of a replica while it computes, in the mean over that time.
  public var rows: Double
  /// Tokens that a row attends to, in the mean.
  public var contextTokens: Double
  /// GPU energy of a token that decoding makes, as the requests bear it.
  public var decodeJoulesPerToken: Double
}

extension PolicyRun {
  /// Nil where the pool put nothing out, or was never without work to be told from idle.
  public func operatingPoint(ofPool index: Int) -> PoolOperatingPoint? {
    guard poolLoads.indices.contains(index), result.energy.gpuByPool.indices.contains(index)
    else { return nil }
    let load = poolLoads[index]
    let pool = fleet.pools[index]
    let window = (result.windowEnd - result.windowStart).seconds
    guard load.decodedTokens > 0, load.rowTime > .zero, window > 0 else { return nil }
    let idleWatts = (pool.model.idlePower * SimDuration(nanoseconds: 1_000_000_000)).joules
    let idleJoules = max(0, (result.energy.gpuByPool[index].joules - load.energy.joules))
    let idle = idleWatts > 0 ? idleJoules / idleWatts : 0
    let busy = Double(pool.replicaCount) * window - idle
    guard busy > 0 else { return nil }
    return PoolOperatingPoint(
      rows: load.rowTime.seconds / busy,
      contextTokens: Double(load.contextTokens) / Double(load.outputTokens),
      decodeJoulesPerToken: load.decodeEnergy.joules / Double(load.decodedTokens))
  }
}

/// Sums the loads of pools while a run goes on.
struct PoolLoadCollector {
  private(set) var loads: [PoolLoad]
  /// By replica of the fleet.
  private let poolOfReplica: [Int]

  init(_ fleet: FleetConfiguration) {
    loads = Array(repeating: PoolLoad(), count: fleet.pools.count)
    poolOfReplica = fleet.pools.enumerated().flatMap { index, pool in
      Array(repeating: index, count: pool.replicaCount)
    }
  }

  mutating func requestEnded(_ record: RequestRecord) {
    guard record.isMeasured, poolOfReplica.indices.contains(record.replica) else { return }
    loads[poolOfReplica[record.replica]].add(record)
  }
}
