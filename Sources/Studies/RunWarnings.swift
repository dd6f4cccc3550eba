internal import DeviceModels
internal import FleetEngine
internal import Quantities
internal import Scenarios

/// What a run shows only when it is over, and what its reader should know before believing it.
enum RunWarnings {
  /// In order of the runs; each once.
  static func of(_ runs: [PolicyRun]) -> [String] {
    var seen: Set<String> = []
    var all = extrapolations(runs) + runs.flatMap { $0.traceTally?.sentences ?? [] }
    for run in runs {
      all += emptiness(run) + rejections(run) + cuts(run) + givenUp(run)
      all += unalignedPrefixes(run) + idleCache(run) + growth(run)
    }
    return all.filter { seen.insert($0).inserted }
  }

  /// One sentence for each model on a GPU: where the furthest of all runs leaves the calibrated
  /// range, and the smallest of the largest batches, since a run that never fills a batch leaves
  /// it at its other end.
  private static func extrapolations(_ runs: [PolicyRun]) -> [String] {
    var names: [String] = []
    var models: [String: any IterationModel] = [:]
    var extents: [String: [ShapeExtent]] = [:]
    for run in runs {
      for (pool, extent) in zip(run.fleet.pools, run.result.extentByPool) {
        let name = pool.model.subject ?? pool.name
        if models.updateValue(pool.model, forKey: name) == nil { names.append(name) }
        extents[name, default: []].append(extent)
      }
    }
    return names.compactMap { name in
      guard let model = models[name], let all = extents[name] else { return nil }
      return sentence(departures(of: model, all), about: name)
    }
  }

  private static func departures(
    of model: any IterationModel, _ all: [ShapeExtent]
  ) -> [String] {
    var furthest = ShapeExtent(decodeRows: 0, contextTokens: 0, promptTokens: 0)
    for extent in all { furthest.formMaximum(extent) }
    let emptiest = ShapeExtent(
      decodeRows: all.map(\.decodeRows).filter { $0 > 0 }.min() ?? 0, contextTokens: 0,
      promptTokens: 0)
    let fullest = ShapeExtent(
      decodeRows: furthest.decodeRows, contextTokens: 0, promptTokens: 0)
    let outermost = model.extrapolations(upTo: furthest)
    guard model.extrapolations(upTo: fullest).isEmpty else { return outermost }
    return outermost + model.extrapolations(upTo: emptiest)
  }

  /// Sentences that begin with the same subject as one; nil for none.
  private static func sentence(_ departures: [String], about subject: String) -> String? {
    guard let first = departures.first else { return nil }
    let start = "\(subject): "
    let rest = departures.dropFirst().map {
      $0.hasPrefix(start) ? String($0.dropFirst(start.count)) : $0
    }
    return ([first] + rest).joined(separator: "; ")
  }

  private static func emptiness(_ run: PolicyRun) -> [String] {
    let result = run.result
    guard result.requests.completed == 0 else { return [] }
    switch run.fleet.window {
    case .wholeRun: return []
    case .between: return ["\(run.name): no request ended inside the measurement window"]
    case .steadyState:
      let refused = result.rejectedInAll
      guard refused == 0 else {
        return [
          "\(run.name): nothing was measured, \(refused) requests were refused before every slot "
            + "of the closed loop had turned over; \(limits(of: run))"
        ]
      }
      return [
        "\(run.name): nothing was measured, the queries ran out before every slot of the closed "
          + "loop had turned over; give more requests"
      ]
    }
  }

  /// What a request may be at most: a longer one is refused.
  private static func limits(of run: PolicyRun) -> String {
    let longest = run.fleet.pools.map(\.limits.maxModelTokens).max() ?? 0
    return
      "prompts must be shorter than max_model_len (\(longest) tokens here) and fit the KV cache"
  }

  /// Cut outputs make a run look cheaper and faster than what was asked for.
  private static func cuts(_ run: PolicyRun) -> [String] {
    let cut = run.result.cutSamples
    guard cut > 0 else { return [] }
    let longest = run.fleet.pools.map(\.limits.maxModelTokens).min() ?? 0
    return [
      "\(run.name): \(cut) outputs were cut short by max_model_len (prompt and output of at most "
        + "\(longest) tokens); energy and latency are those of the shorter outputs"
    ]
  }

  /// A fleet that cannot keep up answers each query later than the one before: its latencies
  /// measure how long the run was.
  private static func growth(_ run: PolicyRun) -> [String] {
    guard run.fleet.arrivals == .open else { return [] }
    let bins = run.batches.bins.filter { $0.completed > 0 }
    guard bins.count >= 3 * leastBatchesPerThird else { return [] }
    let third = bins.count / 3
    let first = meanTimeToFirstToken(bins.prefix(third))
    let last = meanTimeToFirstToken(bins.suffix(third))
    guard last > growthFactor * first, last - first > leastGrowthSeconds else { return [] }
    return [
      "\(run.name): the mean time to first token grew from \(rounded(first)) s in the first third "
        + "of the queries to \(rounded(last)) s in the last; if more come than the fleet serves, "
        + "latencies only say how long the run was"
    ]
  }

  /// Thresholds of a hint, not of a result: what a stable queue's own ups and downs stay under.
  private static let leastBatchesPerThird = 5
  private static let growthFactor = 3.0
  private static let leastGrowthSeconds = 1.0

  private static func meanTimeToFirstToken(_ bins: ArraySlice<RequestSums>) -> Double {
    let sums = bins.reduce(into: RequestSums()) { $0.merge($1) }
    return sums.timeToFirstToken.seconds / Double(sums.completed)
  }

  private static func rounded(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func rejections(_ run: PolicyRun) -> [String] {
    let counts = run.result.requests
    guard counts.rejected > 0 else { return [] }
    let canFill = run.fleet.pools.contains { $0.rules.waitingLimit != nil }
    let isAll = counts.completed == 0 && counts.rejected == counts.ended
    return [
      "\(run.name): " + (isAll ? "nothing was served: " : "")
        + "\(counts.rejected) of \(counts.arrived) requests were refused, by the policy"
        + (canFill ? ", by a full queue (max_waiting)" : "")
        + " or because they are longer than max_model_len or the KV cache allow"
    ]
  }

  private static func givenUp(_ run: PolicyRun) -> [String] {
    let counts = run.result.requests
    let lost = counts.timedOut + counts.cancelled
    guard lost > 0 else { return [] }
    let share = rounded(100 * Double(lost) / Double(counts.ended))
    let attributed = run.result.energy.attributed.joules
    let spent = attributed > 0 ? run.givenUpEnergy.joules / attributed : 0
    return [
      "\(run.name): \(share) % of the requests were given up (\(counts.timedOut) timed out, "
        + "\(counts.cancelled) cancelled), and \(rounded(100 * spent)) % of the energy attributed "
        + "to requests went into them; latencies and accuracy are of the completed ones"
    ]
  }

  private static func unalignedPrefixes(_ run: PolicyRun) -> [String] {
    zip(run.fleet.pools, run.result.unalignedPrefixesByPool).compactMap { pool, unaligned in
      guard unaligned.requests > 0 else { return nil }
      return
        "\(run.name): pool \(pool.name) cached nothing of \(unaligned.requests) prompts, which are "
        + "named in prefix blocks of \(unaligned.prefixBlockTokens) tokens: that is no multiple of "
        + "its block_size, \(pool.limits.tokensPerBlock)"
    }
  }

  private static func idleCache(_ run: PolicyRun) -> [String] {
    let result = run.result
    guard result.requests.completed > 0, result.tokens.cachedPrompt == 0,
      result.unalignedPrefixesByPool.allSatisfy({ $0.requests == 0 }),
      let pool = run.fleet.pools.first(where: \.rules.cachesPrefixes)
    else { return [] }
    return [
      "\(run.name): pool \(pool.name) caches prefixes, but no prompt was found in the cache; "
        + "queries must name what their prompts hold, as those of sessions do, in blocks of a "
        + "multiple of block_size tokens"
    ]
  }
}
