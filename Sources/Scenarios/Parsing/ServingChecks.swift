internal import FleetEngine
internal import Quantities

/// What askers and engines must have in common, and what is odd about them together.
struct ServingChecks {
  let demand: Demand
  let pools: [PoolSpecification]

  /// Prefixes are cached in whole KV blocks.
  func check(at workload: YAMLValue) throws {
    guard case .sessions(let sessions) = demand.workload else { return }
    for pool in pools where pool.rules.cachesPrefixes {
      guard sessions.prefixBlockTokens.isMultiple(of: pool.limits.tokensPerBlock) else {
        throw workload.error(
          "prefix_block is \(sessions.prefixBlockTokens)",
          expected: "a multiple of the block_size of pool \(pool.name), "
            + "\(pool.limits.tokensPerBlock)")
      }
    }
  }

  var warnings: [String] {
    [closedLoop, idlePriorities, unheededPriorities, silentCaching].compactMap(\.self)
  }

  private var closedLoop: String? {
    guard case .synthetic(let synthetic) = demand.workload,
      case .closedLoop = synthetic.arrivals, demand.askers.contains(where: \.givesUp)
    else { return nil }
    return "a closed loop with timeout or patience: a request that is given up is replaced at "
      + "once, so that giving up relieves nobody"
  }

  private var silentCaching: String? {
    guard case .sessions = demand.workload,
      let pool = pools.first(where: \.leavesCachingToEngine)
    else { return nil }
    return "pool \(pool.name): its command line says nothing of --enable-prefix-caching, which "
      + "is off here and on in vLLM"
  }

  private var hasPriorities: Bool { demand.askers.contains { $0.priorities != nil } }

  private var idlePriorities: String? {
    if case .trace = demand.workload { return nil }
    guard !hasPriorities, let pool = pools.first(where: { $0.rules.order == .priority }) else {
      return nil
    }
    return "pool \(pool.name) serves by priority, but no query has one: all are alike"
  }

  private var unheededPriorities: String? {
    guard hasPriorities, !pools.contains(where: { $0.rules.order == .priority }) else {
      return nil
    }
    return "queries have priorities, but no pool has scheduling_policy: priority to heed them"
  }
}
