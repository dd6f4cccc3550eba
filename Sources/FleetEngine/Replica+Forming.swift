internal import DeviceModels
internal import Quantities

/// Forming an iteration: who computes what next.
extension Replica {
  /// Forms the next iteration at `now` and starts it, or returns nil if there is nothing to do.
  ///
  /// Never called while an iteration is in progress.
  mutating func beginIteration(
    at now: SimTime, fromIdle: Bool, _ requests: inout RequestTable, _ tally: inout RunTally
  ) -> IterationInProgress? {
    let preempted = makeRoomForDecode(at: now, &requests, &tally)
    var budget = max(0, limits.iterationTokenBudget - decodeRows.count)
    scheduleChunks(&budget)
    if !preempted { admit(&budget, at: now, &requests) }
    let shape = nextShape()
    extent.decodeRows = max(extent.decodeRows, shape.decodeRows)
    guard shape.decodeRows > 0 || shape.prefillTokens > 0 else {
      precondition(waiting.count == 0, "\(waiting.count) requests wait on an idle replica")
      return nil
    }
    let cost = model.cost(of: shape)
    precondition(cost.duration > .zero, "an iteration of \(cost.duration.seconds) s")
    let iteration = IterationInProgress(
      start: now, end: now + cost.duration, shape: shape, cost: cost,
      energy: PhaseEnergy(cost, shape))
    meter.begin(iteration, fromIdle: fromIdle)
    return iteration
  }

  /// Takes the blocks that the decode rows need for their next token, preempting the last
  /// admitted until they fit. Returns whether anything was preempted.
  private mutating func makeRoomForDecode(
    at now: SimTime, _ requests: inout RequestTable, _ tally: inout RunTally
  ) -> Bool {
    var preempted = false
    while blocks.newBlocks(inIteration: decodeIteration + 1) > blocks.free {
      preempted = true
      tally.preemptions += 1
      if let row = prefillRows.popLast() {
        preempt(row, &requests, &tally)
      } else {
        precondition(decodeRows.count > 1, "one sequence alone does not fit its KV cache")
        preempt(decodeRows.removeLast(), at: now, &requests)
      }
    }
    blocks.allocate(blocks.newBlocks(inIteration: decodeIteration + 1))
    return preempted
  }

  private mutating func preempt(
    _ row: PrefillRow, _ requests: inout RequestTable, _ tally: inout RunTally
  ) {
    // What a resumed sample computes is counted as it is computed.
    if row.item.sample < 0 { tally.recomputed(row.done) }
    prefillRowCount -= row.rows
    blocks.release(row.blocks)
    releaseShared(row.item.request, &requests)
    requests[row.item.request].record.preemptions += 1
    pendingTokens += row.done
    waiting.prepend(row.item)
  }

  private mutating func preempt(
    _ row: DecodeRow, at now: SimTime, _ requests: inout RequestTable
  ) {
    settle(row, &requests)
    let request = requests[row.request]
    blocks.release(ownBlocks(of: row, sharedBlocks: request.sharedBlocks))
    releaseShared(row.request, &requests)
    requests[row.request].record.preemptions += 1
    let generated = row.output - (row.finishIteration - decodeIteration)
    let tokens = request.record.promptTokens + generated
    pendingTokens += tokens
    waiting.prepend(
      WaitingItem(
        request: row.request, sample: row.sample, generated: generated, tokens: tokens,
        output: row.output,
        firstAnswer: row.answerIteration == 0
          ? 0
          : generated
            + row.answerIteration - decodeIteration, lastToken: now))
  }

  /// Gives the rows in prefill their next chunks, in order, as far as the budget goes.
  private mutating func scheduleChunks(_ budget: inout Int) {
    for index in prefillRows.indices {
      let row = prefillRows[index]
      prefillRows[index].chunk = min(row.item.tokens - row.done, budget)
      budget -= prefillRows[index].chunk
    }
  }

  /// Admits from the front of the queue while budget, rows and blocks for the whole prompt are
  /// there.
  private mutating func admit(
    _ budget: inout Int, at now: SimTime, _ requests: inout RequestTable
  ) {
    while budget > 0, let item = waiting.first {
      let rows = item.sample < 0 ? requests[item.request].record.samples : 1
      guard batchRows + rows <= limits.batchRowLimit,
        var row = place(item, rows: rows, &requests)
      else { return }
      waiting.removeFirst()
      row.chunk = min(item.tokens - row.done, budget)
      budget -= row.chunk
      prefillRowCount += rows
      prefillRows.append(row)
      if requests[item.request].record.firstScheduled == .never {
        requests[item.request].record.firstScheduled = now
      }
    }
  }

  /// Takes the KV blocks of an item, or returns nil if they are not there.
  private mutating func place(
    _ item: WaitingItem, rows: Int, _ requests: inout RequestTable
  ) -> PrefillRow? {
    let request = requests[item.request]
    let held = request.sharedHolders > 0
    let own: Int
    if item.sample < 0 {
      own =
        blocksAtAdmission(promptTokens: item.tokens, samples: rows) - request.sharedBlocks
    } else {
      own = blocks.blocks(forTokens: item.tokens) - request.sharedBlocks
    }
    let needed = own + (held ? 0 : request.sharedBlocks)
    guard needed <= blocks.free else { return nil }
    blocks.allocate(needed)
    requests[item.request].sharedHolders += 1
    let cached = held ? request.sharedBlocks * limits.tokensPerBlock : 0
    pendingTokens -= cached
    return PrefillRow(item: item, done: cached, rows: rows, blocks: own)
  }

  /// The iteration that the batch now stands for.
  private func nextShape() -> IterationShape {
    var shape = IterationShape(
      decodeRows: decodeRows.count,
      decodeContextTokens: baseSum + decodeRows.count * (decodeIteration + 1))
    for row in prefillRows where row.chunk > 0 {
      shape.prefillTokens += row.chunk
      shape.prefillChunks += 1
      shape.prefillAttentionPairs += attentionPairs(past: row.done, chunk: row.chunk)
    }
    return shape
  }

  /// (query, key) pairs of a causal chunk after `past` tokens.
  func attentionPairs(past: Int, chunk: Int) -> Int { chunk * past + chunk * (chunk + 1) / 2 }
}
