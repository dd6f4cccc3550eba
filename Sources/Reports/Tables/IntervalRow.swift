internal import FleetEngine
internal import Quantities

/// The layout of `timeseries.csv`: a column of power for each pool that any policy's fleet has.
struct IntervalRow {
  static func columns(pools: [String]) -> [String] {
    [
      "policy", "start_s", "duration_s", "power_w", "energy_j", "arrivals", "completions",
      "prompt_tokens", "output_tokens", "waiting_requests", "running_rows", "busy_replicas",
      "kv_usage",
    ] + pools.map { "power_\($0)_w" }
  }

  private let policy: [UInt8]
  /// By column: the pool's index in this policy's fleet; nil where it has no such pool.
  private let poolIndices: [Int?]

  init(policy: String, fleetPools: [String], allPools: [String]) {
    self.policy = CSV.field(policy)
    poolIndices = allPools.map { name in fleetPools.firstIndex(of: name) }
  }

  func append(_ interval: FleetInterval, to row: inout RowBuffer) {
    row.append(policy)
    row.comma()
    row.append(interval.start.nanoseconds / 1000, decimals: 6)
    row.comma()
    row.append(interval.duration.nanoseconds / 1000, decimals: 6)
    row.comma()
    appendPower(interval.energy, over: interval.duration, to: &row)
    row.comma()
    row.append(joules: interval.energy)
    for count in [
      interval.arrivals, interval.completions, interval.promptTokens, interval.outputTokens,
      interval.waitingRequests, interval.runningRows, interval.busyReplicas,
    ] {
      row.comma()
      row.append(count)
    }
    row.comma()
    row.append(Int64((interval.kvUsage * 1e4).rounded()), decimals: 4)
    for index in poolIndices {
      row.comma()
      guard let index, index < interval.energyByPool.count else { continue }
      appendPower(interval.energyByPool[index], over: interval.duration, to: &row)
    }
    row.endRow()
  }

  private func appendPower(
    _ energy: Energy, over duration: SimDuration, to row: inout RowBuffer
  ) {
    guard duration > .zero else { return }
    row.append(energy.milliwatts(over: duration), decimals: 3)
  }
}
