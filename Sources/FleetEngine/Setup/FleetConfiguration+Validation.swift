public import DeviceModels
public import Quantities

/// A fleet that cannot be simulated.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible, Sendable {
  public let problem: String
  public let expectation: String

  public var description: String { "\(problem); expected \(expectation)" }
}

extension FleetConfiguration {
  /// Throws a `ConfigurationError` for the first thing that no run could honor.
  public func validate() throws {
    try require(!pools.isEmpty, "a fleet without pools", "a pool")
    for pool in pools { try pool.validate() }
    let replicas = pools.reduce(0) { $0 + $1.replicaCount }
    try require(
      replicas <= IterationQueue.mostReplicas, "\(replicas) replicas",
      "at most \(IterationQueue.mostReplicas)")
    for arm in arms {
      try require(
        (1...Int(Int32.max)).contains(arm.samples), "arm \(arm.name) of \(arm.samples) samples",
        "at least 1")
      let tokens = arm.course?.checkpointTokens ?? 2
      try require(
        (2...Int(Int32.max)).contains(tokens), "arm \(arm.name) with a checkpoint every \(tokens)",
        "at least 2 tokens")
      for pool in arm.pools + (arm.course?.furtherPools ?? []).joined() {
        try require(
          pools.indices.contains(pool), "arm \(arm.name) on pool \(pool) of \(pools.count)",
          "the index of a pool")
      }
    }
    try require(
      seriesInterval > .zero, "a time series by intervals of \(seriesInterval.seconds) s",
      "longer ones")
    try validateArrivals()
    try validateWindow()
  }

  private func validateArrivals() throws {
    switch arrivals {
    case .open: break
    case .capped(let most):
      try require(most >= 1, "a cap of \(most) requests in flight", "at least 1")
    case .closedLoop(let count):
      try require(count >= 1, "a closed loop of \(count) requests a replica", "at least 1")
    }
  }

  private func validateWindow() throws {
    switch window {
    case .wholeRun: break
    case .between(let start, let end):
      try require(
        .zero <= start && start <= end,
        "a window from \(start.seconds) s to \(end.seconds) s", "a start, and an end after it")
    case .steadyState:
      guard case .closedLoop = arrivals else {
        throw ConfigurationError(
          problem: "a steady state of queries that come by themselves",
          expectation: "a closed loop, or another window")
      }
    }
  }
}

extension PoolConfiguration {
  fileprivate func validate() throws {
    try require(replicaCount >= 1, "pool \(name) of \(replicaCount) replicas", "at least 1")
    let most = Int(Int32.max)
    for (name, value, range) in [
      ("batch rows", limits.batchRowLimit, 1...most),
      ("tokens an iteration", limits.iterationTokenBudget, 1...most),
      ("tokens a KV block", limits.tokensPerBlock, 1...1 << 20),
      ("KV blocks", limits.kvBlockCount, 1...1 << 40),
      ("tokens a sequence", limits.maxModelTokens, 1...most),
      ("blocks of watermark", rules.watermarkBlocks, 0...1 << 40),
      ("waiting requests", rules.waitingLimit ?? most, 1...most),
    ] {
      try require(
        range.contains(value), "pool \(self.name) with a limit of \(value) \(name)",
        "\(range.lowerBound) to \(range.upperBound)")
    }
    try require(
      rules.chunksPrefill || limits.iterationTokenBudget >= limits.maxModelTokens,
      "pool \(name) computes prompts whole, \(limits.iterationTokenBudget) tokens an iteration",
      "at least its longest sequence, \(limits.maxModelTokens)")
    try require(model.idlePower >= .zero, "pool \(name) that yields power when idle", "0 W or more")
    let longest = limits.longestIteration(on: model)
    try require(
      longest <= EngineLimits.mostIterationTime,
      "pool \(name), whose longest iteration takes \(longest.seconds) s",
      "at most \(EngineLimits.mostIterationTime.seconds) s")
  }
}

extension EngineLimits {
  /// The longest iteration that a run can follow.
  public static var mostIterationTime: SimDuration {
    SimDuration(ticks: Int128(TickProgression.longest))
  }

  /// Time of the largest iteration that the limits allow, were the KV cache large enough for it.
  public func longestIteration(on model: any IterationModel) -> SimDuration {
    let prompt = iterationTokenBudget
    let shape = IterationShape(
      decodeRows: batchRowLimit, decodeContextTokens: batchRowLimit * maxModelTokens,
      prefillTokens: prompt, prefillChunks: min(batchRowLimit, prompt),
      prefillAttentionPairs: prompt * maxModelTokens)
    return model.cost(of: shape).duration
  }
}

private func require(
  _ holds: Bool, _ problem: @autoclosure () -> String, _ expectation: @autoclosure () -> String
) throws {
  guard !holds else { return }
  throw ConfigurationError(problem: problem(), expectation: expectation())
}
