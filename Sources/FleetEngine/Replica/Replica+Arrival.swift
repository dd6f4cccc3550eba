internal import Quantities
internal import Workloads

/// What comes to a replica from outside while its iterations run: requests, and their ends.
extension Replica {
  /// Queues a request that has just arrived. Returns whether the stretch in progress must end at
  /// its next boundary because the request may be admitted there.
  mutating func enqueue(
    _ slot: Int32, _ pool: borrowing PoolState, _ requests: inout RequestTable
  ) -> Bool {
    let tokens = requests[slot].record.promptTokens
    let item = WaitingItem(request: requests.reference(to: slot), sample: -1, tokens: tokens)
    waiting.compact { requests.isAlive($0) }
    let mayOvertake = pool.rules.order != .firstComeFirstServed
    let comesFirst = waiting.count == 0 || mayOvertake
    if mayOvertake {
      waiting.insert(item, rank: requests.rank(of: item, pool.rules.order))
    } else {
      waiting.append(item)
    }
    requests[slot].countWaiting(item, 1)
    pendingTokens += tokens
    // Blocks only get scarcer within a stretch, and its rows stay: what does not fit now will
    // not fit at any of its boundaries.
    guard stretch.count > 1, comesFirst else { return false }
    let samples = requests[slot].record.samples
    guard batchRows + samples <= pool.limits.batchRowLimit else { return false }
    return pool.rules.cachesPrefixes
      || pool.blocksAtAdmission(promptTokens: tokens, samples: samples) <= blocks.free
  }

  /// Ends the stretch in progress at its first boundary at or after `now`. Returns whether that
  /// is earlier than its end was.
  mutating func cut(at now: SimTime) -> Bool {
    guard stretch.count > 1 else { return false }
    let before = SimTime(ticks: now.ticks - 1)
    let ended = before < stretch.start ? 0 : stretch.iterations(endedBy: before)
    guard ended + 1 < stretch.count else { return false }
    stretch.count = ended + 1
    return true
  }

  /// Takes the requests that were given up since the last boundary off the replica, which stands
  /// at one.
  mutating func removeGivenUp(at now: SimTime, _ requests: inout RequestTable) {
    var slots: [Int32] = []
    for index in 0..<givenUp.count where requests.isAlive(givenUp[index]) {
      slots.append(givenUp[index].slot)
    }
    givenUp.truncate(to: 0)
    slots = slots.filter { requests[$0].samplesLeft > 0 }
    slots.sort { a, b in
      let (first, second) = (requests[a].query.id, requests[b].query.id)
      return first == second
        ? requests[a].firstSample < requests[b].firstSample : first < second
    }
    for slot in slots { remove(slot, at: now, &requests) }
  }

  private mutating func remove(
    _ slot: Int32, at now: SimTime, _ requests: inout RequestTable
  ) {
    waiting.giveUp(items: requests[slot].waitingItems)
    pendingTokens -= requests[slot].waitingTokens
    removePrefillRows(of: slot, &requests)
    removeDecodeRows(of: slot, &requests)
    // What samples that wait to resume had put out counts too.
    requests[slot].record.outputTokens += requests[slot].waitingOutputTokens
    requests[slot].record.reasoningTokens += requests[slot].waitingReasoningTokens
    if requests[slot].givenUpAs == .completed {
      requests.courses.cancelledSamples += requests[slot].samplesLeft
    }
    requests[slot].samplesLeft = 0
    requests[slot].record.outcome = requests[slot].givenUpAs
    requests[slot].record.end = now
    requests.ended.append(slot)
  }

  private mutating func removePrefillRows(of slot: Int32, _ requests: inout RequestTable) {
    var kept = 0
    for index in 0..<prefillRows.count {
      let row = prefillRows[index]
      guard row.item.request.slot == slot else {
        prefillRows[kept] = row
        kept += 1
        continue
      }
      prefillRowCount -= row.rows
      pendingTokens -= row.item.tokens - row.done
      blocks.release(row.blocks)
      releaseShared(slot, &requests)
      requests[slot].countPutOut(
        Int(row.item.generated), reasoning: Int(row.item.reasoningTokens))
    }
    prefillRows.truncate(to: kept)
  }

  private mutating func removeDecodeRows(of request: Int32, _ requests: inout RequestTable) {
    var slot = batch.first
    while slot >= 0 {
      let next = batch[slot].next
      if batch[slot].request == request {
        bookShares()
        let row = batch.remove(slot)
        settle(row, &requests)
        blocks.release(ownBlocks(of: row, sharedBlocks: requests[request].sharedBlocks))
        releaseShared(request, &requests)
        lastRequestInDecode = request
        let generated = Int(row.outputTokens) - (row.finishIteration - decodeIteration)
        requests[request].countPutOut(generated, reasoning: Int(row.reasoningTokens))
      }
      slot = next
    }
  }
}

extension LiveRequest {
  /// Adds the tokens of a sample that is given up to the record.
  fileprivate mutating func countPutOut(_ tokens: Int, reasoning: Int) {
    record.outputTokens += tokens
    record.reasoningTokens += min(reasoning, tokens)
  }
}
