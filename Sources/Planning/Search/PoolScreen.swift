internal import DeviceModels
internal import FleetEngine
internal import Foundation
internal import Quantities
internal import Scenarios

/// What one pool must bear, in the mean.
struct PoolLoad: Hashable, Sendable {
  /// Samples a second at the peak: a request of k samples is k rows.
  var rowsPerSecond: Double
  /// Prompt tokens by row; the samples of a request share their prompt.
  var promptTokens: Double
  var outputTokens: Double
}

/// How many replicas of a pool the means ask for, and what they draw, without a simulation: each
/// replica is a closed loop of as many rows as Little's law says.
struct PoolScreen {
  private let pool: PoolSpecification
  private let load: PoolLoad
  private let promptTokens: Int
  private let outputTokens: Int
  /// Most rows that batch and KV cache hold at the mean length.
  private let mostRows: Int

  init(_ pool: PoolSpecification, load: PoolLoad) {
    self.pool = pool
    self.load = load
    promptTokens = max(1, Int(load.promptTokens.rounded()))
    outputTokens = max(1, Int(load.outputTokens.rounded()))
    let blockTokens = pool.limits.tokensPerBlock
    let blocks = (promptTokens + outputTokens / 2 + blockTokens - 1) / blockTokens
    mostRows = max(1, min(pool.limits.batchRowLimit, pool.limits.kvBlockCount / max(1, blocks)))
  }

  /// Cost of a token and of a whole row where so many are always in flight.
  private func cost(rows: Int) -> TokenCost {
    pool.replica.requestCost(
      concurrency: rows, promptTokens: promptTokens, outputTokens: outputTokens,
      tokenBudget: pool.limits.iterationTokenBudget)
  }

  /// Rows that a replica completes in a second.
  private func throughput(rows: Int) -> Double {
    Double(rows) / (cost(rows: rows).secondsPerToken * Double(outputTokens))
  }

  /// The most rows at which the mean time per token stays within a bound, seconds; 0 where even
  /// one row is slower.
  private func rows(within bound: Double?) -> Int {
    guard let bound else { return mostRows }
    guard cost(rows: 1).secondsPerToken <= bound else { return 0 }
    var low = 1
    var high = mostRows
    while low < high {
      let middle = (low + high + 1) / 2
      if cost(rows: middle).secondsPerToken <= bound { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The fewest replicas that keep up at a time per output token, seconds; nil where none do.
  func leastReplicas(within timePerToken: Double?) -> Int? {
    let rows = rows(within: timePerToken)
    guard rows > 0 else { return nil }
    return max(1, Int((load.rowsPerSecond / throughput(rows: rows)).rounded(.up)))
  }

  /// Mean power of the GPUs of so many replicas, W, at a multiple of the load.
  func watts(replicas: Int, factor: Double) -> Double {
    let rate = load.rowsPerSecond * factor / Double(replicas)
    let rows = rowsInFlight(rate: rate)
    let cost = cost(rows: max(1, Int(rows.rounded())))
    let busy = rate * cost.joulesPerToken * Double(outputTokens)
    // Rows come and go as in a queue that never waits: nobody is there with chance e^-rows.
    let idle = pool.replica.idlePower.watts * exp(-rows)
    return Double(replicas) * (busy + idle)
  }

  /// By Little's law: `rows = rate · time(rows)`, as far as the batch goes.
  private func rowsInFlight(rate: Double) -> Double {
    guard rate > throughput(rows: 1) else {
      return rate * cost(rows: 1).secondsPerToken * Double(outputTokens)
    }
    var low = 1
    var high = mostRows
    while low < high {
      let middle = (low + high) / 2
      if throughput(rows: middle) < rate { low = middle + 1 } else { high = middle }
    }
    return Double(low)
  }

  /// At the peak.
  var outputTokensPerSecond: Double { load.rowsPerSecond * load.outputTokens }

  /// Seconds of a prompt alone, and of a whole row alone.
  var aloneSeconds: (prompt: Double, row: Double) {
    let prompt = pool.replica.promptCost(
      promptTokens: promptTokens, tokenBudget: pool.limits.iterationTokenBudget)
    return (
      prompt.secondsPerToken * Double(promptTokens),
      cost(rows: 1).secondsPerToken * Double(outputTokens)
    )
  }
}
