internal import Quantities
internal import Workloads

/// Making room in the KV cache for rows that run, at the cost of one of them.
extension Replica {
  /// Takes the blocks that the decode rows need for their next token, preempting until they fit.
  /// Returns whether anything was preempted.
  mutating func makeRoomForDecode(
    at now: SimTime, _ pool: borrowing PoolState, _ requests: inout RequestTable,
    _ tally: inout RunTally
  ) -> Bool {
    var preempted = false
    var needed = blocks.newBlocks(inIteration: decodeIteration + 1)
    while needed > blocks.free {
      preempted = true
      tally.preemptions += 1
      preemptOne(at: now, pool, &requests)
      needed = blocks.newBlocks(inIteration: decodeIteration + 1)
    }
    if preempted { settleRest(&requests) }
    if needed > 0 { allocate(needed, &tally) }
    return preempted
  }

  private mutating func preemptOne(
    at now: SimTime, _ pool: borrowing PoolState, _ requests: inout RequestTable
  ) {
    precondition(batchRows > 1, "one sequence alone does not fit its KV cache")
    if pool.rules.order == .priority {
      return preemptLeastUrgent(at: now, pool, &requests)
    }
    if prefillRows.count > 0 {
      preempt(prefillRows.removeLast(), pool, &requests)
    } else {
      preempt(batch.last, at: now, pool, &requests)
    }
  }

  /// The last in order of rank, wherever it runs.
  private mutating func preemptLeastUrgent(
    at now: SimTime, _ pool: borrowing PoolState, _ requests: inout RequestTable
  ) {
    var worst: QueueRank?
    var worstPrefill = -1
    var worstDecode: Int32 = -1
    for index in 0..<prefillRows.count {
      let rank = requests.rank(of: prefillRows[index].item, .priority)
      if let worst, rank < worst { continue }
      (worst, worstPrefill) = (rank, index)
    }
    var slot = batch.first
    while slot >= 0 {
      let row = batch[slot]
      let rank = requests.rank(
        ofSample: row.sample, urgency: requests[row.request].query.priority, of: row.request)
      if worst == nil || worst.map({ $0 < rank }) == true { (worst, worstDecode) = (rank, slot) }
      slot = row.next
    }
    if worstDecode >= 0 {
      preempt(worstDecode, at: now, pool, &requests)
    } else {
      preempt(prefillRows.remove(at: worstPrefill), pool, &requests)
    }
  }

  private mutating func preempt(
    _ row: PrefillRow, _ pool: borrowing PoolState, _ requests: inout RequestTable
  ) {
    if row.item.sample < 0 { requests[row.item.request.slot].promptProgress.count(row) }
    prefillRowCount -= row.rows
    blocks.release(row.blocks)
    releaseShared(row.item.request.slot, &requests)
    pendingTokens += row.done
    putBack(row.item, pool, &requests)
  }

  private mutating func preempt(
    _ slot: Int32, at now: SimTime, _ pool: borrowing PoolState, _ requests: inout RequestTable
  ) {
    bookShares()
    let row = batch.remove(slot)
    settle(row, &requests)
    lastRequestInDecode = row.request
    blocks.release(ownBlocks(of: row, sharedBlocks: requests[row.request].sharedBlocks))
    releaseShared(row.request, &requests)
    let generated = Int(row.outputTokens) - (row.finishIteration - decodeIteration)
    let tokens = requests[row.request].record.promptTokens + generated
    pendingTokens += tokens
    let answersLater = row.answerIteration > 0
    putBack(
      WaitingItem(
        request: requests.reference(to: row.request), sample: row.sample, tokens: tokens,
        generated: Int32(generated), outputTokens: row.outputTokens,
        reasoningTokens: row.reasoningTokens,
        firstAnswer: answersLater
          ? Int32(generated + row.answerIteration - decodeIteration) : 0,
        lastToken: now),
      pool, &requests)
  }

  private mutating func putBack(
    _ item: WaitingItem, _ pool: borrowing PoolState, _ requests: inout RequestTable
  ) {
    let slot = item.request.slot
    requests[slot].record.preemptions += 1
    requests[slot].countWaiting(item, 1)
    if pool.rules.order == .priority {
      waiting.insert(item, rank: requests.rank(of: item, .priority))
    } else {
      waiting.prepend(item)
    }
  }
}

extension RequestTable {
  /// Where an item stands among those that wait by rank.
  func rank(of item: WaitingItem, _ order: SchedulingOrder) -> QueueRank {
    let slot = item.request.slot
    let urgency = order == .priority ? self[slot].query.priority : item.tokens
    return rank(ofSample: max(0, item.sample), urgency: urgency, of: slot)
  }

  func rank(ofSample sample: Int32, urgency: Int, of slot: Int32) -> QueueRank {
    QueueRank(
      urgency: urgency, arrival: self[slot].query.arrival, id: self[slot].query.id,
      sample: Int32(self[slot].firstSample) + sample)
  }
}
