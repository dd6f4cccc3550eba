internal import DeviceModels
internal import Quantities
internal import Workloads

/// Forming iterations: who computes what next.
extension Replica {
  /// Forms the next iterations at `now` and starts them, or returns false if there is nothing to
  /// do. Never called while iterations are in progress.
  mutating func form(
    at now: SimTime, _ pool: inout PoolState, _ requests: inout RequestTable,
    _ tally: inout RunTally
  ) -> Bool {
    let preempted = makeRoomForDecode(at: now, pool, &requests, &tally)
    var budget = max(0, pool.limits.iterationTokenBudget - batch.count)
    scheduleChunks(&budget, pool, &requests)
    if !preempted { admit(&budget, at: now, pool, &requests, &tally) }
    var shape = IterationShape(
      decodeRows: batch.count,
      decodeContextTokens: batch.baseSum + batch.count * (decodeIteration + 1))
    for index in 0..<prefillRows.count where prefillRows[index].chunk > 0 {
      shape.add(prefillRows[index])
    }
    if shape.prefillTokens > 0 {
      let cost = pool.model.cost(of: shape)
      cost.checkContract()
      stretch.beginMixed(shape, cost: powerFactor.scaled(cost), at: now)
    } else if shape.decodeRows > 0 {
      startDecoding(shape, at: now, &pool)
      // What waits was not looked at: it may fit at the next boundary, whatever else happens.
      if preempted && waiting.count > 0 { stretch.count = 1 }
    } else {
      precondition(waiting.count == 0, "\(waiting.count) requests wait on an idle replica")
      return false
    }
    extent.decodeRows = max(extent.decodeRows, shape.decodeRows)
    noteDue()
    return true
  }

  /// Starts as many decode iterations as leave the batch, its blocks and its cost's segment as
  /// they are.
  private mutating func startDecoding(
    _ shape: IterationShape, at now: SimTime, _ pool: inout PoolState
  ) {
    let (rows, context) = (shape.decodeRows, shape.decodeContextTokens)
    let segment = pool.decodeCosts.place(rows: rows, contextTokens: context, of: pool.model)
    let most = batch.nextMilestone - decodeIteration
    if powerFactor == .one {
      stretch.beginDecoding(
        rows: rows, context: context, most: most, on: pool.decodeCosts[segment], at: now)
    } else {
      stretch.beginDecoding(
        rows: rows, context: context, most: most,
        on: powerFactor.scaled(pool.decodeCosts[segment]), at: now)
    }
    if stretch.count > 1 {
      stretch.count =
        1
        + blocks.iterationsWithRoom(
          from: decodeIteration + 2, most: stretch.count - 1, rows: rows)
    }
  }

  /// Gives the rows in prefill their next chunks, in order, as far as the budget goes.
  private mutating func scheduleChunks(
    _ budget: inout Int, _ pool: borrowing PoolState, _ requests: inout RequestTable
  ) {
    for index in 0..<prefillRows.count {
      let chunk = min(prefillRows[index].item.tokens - prefillRows[index].done, budget)
      prefillRows[index].chunk = chunk
      budget -= chunk
      if pool.rules.cachesPrefixes { insertPrefixBlocks(of: prefillRows[index], &requests) }
    }
  }

  /// Admits from the front of the queue while budget, rows and blocks for the whole context are
  /// there.
  private mutating func admit(
    _ budget: inout Int, at now: SimTime, _ pool: borrowing PoolState,
    _ requests: inout RequestTable, _ tally: inout RunTally
  ) {
    while budget > 0, waiting.count > 0 {
      waiting.settle { requests.isAlive($0) }
      guard let item = waiting.front else { return }
      let slot = item.request.slot
      let rows = item.sample < 0 ? requests[slot].record.samples : 1
      guard batchRows + rows <= pool.limits.batchRowLimit,
        var row = place(item, rows: rows, budget: budget, pool, &requests, &tally)
      else { return }
      waiting.removeFirst()
      requests[slot].countWaiting(item, -1)
      row.chunk = min(item.tokens - row.done, budget)
      budget -= row.chunk
      prefillRowCount += rows
      if requests[slot].record.firstScheduled == .never {
        requests[slot].record.firstScheduled = now
        requests[slot].record.cachedPromptTokens = row.found
      }
      if pool.rules.cachesPrefixes { insertPrefixBlocks(of: row, &requests) }
      prefillRows.append(row)
    }
  }

  /// Takes the KV blocks of an item, or returns nil if they, or the budget for all its tokens
  /// where it must be computed at once, are not there.
  private mutating func place(
    _ item: WaitingItem, rows: Int, budget: Int, _ pool: borrowing PoolState,
    _ requests: inout RequestTable, _ tally: inout RunTally
  ) -> PrefillRow? {
    let slot = item.request.slot
    let isHeld = requests[slot].sharedHolders > 0
    let sharedBlocks = requests[slot].sharedBlocks
    let own =
      (item.sample < 0
        ? pool.blocksAtAdmission(promptTokens: item.tokens, samples: rows)
        : blocks.blocks(forTokens: item.tokens)) - sharedBlocks
    var prefix = FoundPrefix()
    if isHeld {
      prefix.tokens = sharedBlocks * blocks.tokensPerBlock
    } else if pool.rules.cachesPrefixes {
      prefix = findPrefix(of: item, requests)
    }
    if !pool.rules.chunksPrefill, item.tokens - prefix.tokens > budget { return nil }
    let taken = own + (isHeld ? 0 : sharedBlocks - prefix.blocks)
    let spared = batchRows == 0 ? 0 : pool.rules.watermarkBlocks
    guard taken + prefix.unheldBlocks + spared <= blocks.free else { return nil }
    hold(prefix, of: slot, &requests)
    allocate(taken, &tally)
    requests[slot].sharedHolders += 1
    pendingTokens -= prefix.tokens
    return PrefillRow(
      item: item, done: prefix.tokens, found: prefix.tokens,
      had: item.sample < 0 ? requests[slot].promptProgress.had : item.tokens, rows: rows,
      blocks: own)
  }
}

extension IterationShape {
  /// Adds the chunk of a row in prefill.
  fileprivate mutating func add(_ row: borrowing PrefillRow) {
    prefillTokens += row.chunk
    prefillChunks += 1
    prefillAttentionPairs += Self.attentionPairs(past: row.done, chunk: row.chunk)
  }

  /// (query, key) pairs of a causal chunk after `past` tokens.
  static func attentionPairs(past: Int, chunk: Int) -> Int {
    chunk * past + chunk * (chunk + 1) / 2
  }
}
