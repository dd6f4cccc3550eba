internal import Quantities
internal import Workloads

/// Leading prefix blocks of an item that were found in the cache.
struct FoundPrefix {
  /// Prefix blocks.
  var count = 0
  var tokens = 0
  /// KV blocks, all and those that nobody held.
  var blocks = 0
  var unheldBlocks = 0
}

/// KV blocks: taking, sharing, keeping and giving them back.
extension Replica {
  /// Takes free blocks; unheld prefix blocks give way, the least recently used first.
  mutating func allocate(_ count: Int, _ tally: inout RunTally) {
    blocks.allocate(count)
    while blocks.shortage > 0 {
      blocks.evict(prefixes.evictOldest())
      tally.evictions += 1
    }
  }

  /// The longest run of the item's leading prefix blocks that are cached, one token left over.
  mutating func findPrefix(
    of item: WaitingItem, _ requests: borrowing RequestTable
  ) -> FoundPrefix {
    let slot = item.request.slot
    let tokensPerPrefixBlock = requests[slot].prefixBlockTokens
    let most = min(
      requests[slot].identifiedPrefixBlocks, (item.tokens - 1) / tokensPerPrefixBlock)
    guard most > 0 else { return FoundPrefix() }
    let blocksEach = tokensPerPrefixBlock / blocks.tokensPerBlock
    let (found, unheld) = prefixes.lookUp(
      requests[slot].prefixBlockIDs, blocks: blocksEach, most: most)
    return FoundPrefix(
      count: found, tokens: found * tokensPerPrefixBlock, blocks: found * blocksEach,
      unheldBlocks: unheld * blocksEach)
  }

  /// The request holds what was found.
  mutating func hold(_ prefix: FoundPrefix, of slot: Int32, _ requests: inout RequestTable) {
    guard prefix.count > 0 else { return }
    let ids = requests[slot].prefixBlockIDs
    let each = prefix.blocks / prefix.count
    requests[slot].heldPrefixSlots.reserveCapacity(requests[slot].knownPrefixBlocks)
    var last: Int32 = -1
    for index in 0..<prefix.count {
      last = prefixes.hold(ids[index], blocks: each, after: last).slot
      requests[slot].heldPrefixSlots.append(last)
    }
    blocks.holdAgain(prefix.unheldBlocks)
  }

  /// Puts the prefix blocks that a chunk completes into the cache.
  mutating func insertPrefixBlocks(
    of row: borrowing PrefillRow, _ requests: inout RequestTable
  ) {
    let slot = row.item.request.slot
    let tokens = requests[slot].prefixBlockTokens
    let first = requests[slot].heldPrefixBlocks
    // Of a chunk of tokens that follow those of the blocks so far, all that it fills.
    guard row.done < (first + 1) * tokens else { return }
    let last = min(requests[slot].identifiedPrefixBlocks, (row.done + row.chunk) / tokens)
    insertPrefixBlocks(upTo: last, of: slot, &requests)
  }

  /// Puts the request's next prefix blocks into the cache until it holds `most`; where a copy is
  /// there already takes hold of that and frees its own.
  private mutating func insertPrefixBlocks(
    upTo most: Int, of slot: Int32, _ requests: inout RequestTable
  ) {
    guard requests[slot].heldPrefixBlocks < most else { return }
    let count = requests[slot].prefixBlockTokens / blocks.tokensPerBlock
    let ids = requests[slot].prefixBlockIDs
    for index in requests[slot].heldPrefixBlocks..<most {
      let (finding, held) = prefixes.hold(
        ids[index], blocks: count, after: requests[slot].heldPrefixSlots.last ?? -1)
      switch finding {
      case .new: break
      case .held: blocks.release(count)
      case .unheld:
        blocks.holdAgain(count)
        blocks.release(count)
      }
      requests[slot].heldPrefixSlots.append(held)
    }
  }

  /// One sample holds the request's shared blocks no more; with the last they are given back.
  mutating func releaseShared(_ slot: Int32, _ requests: inout RequestTable) {
    requests[slot].sharedHolders -= 1
    guard requests[slot].sharedHolders == 0 else { return }
    releasePrefix(slot, others: requests[slot].sharedBlocks, &requests)
  }

  /// Gives back `others` blocks less those that the prefix cache keeps, and the hold on these,
  /// the deepest first.
  private mutating func releasePrefix(
    _ slot: Int32, others: Int, _ requests: inout RequestTable
  ) {
    let held = requests[slot].heldPrefixBlocks
    guard held > 0 else { return blocks.release(others) }
    let each = requests[slot].prefixBlockTokens / blocks.tokensPerBlock
    blocks.release(others - held * each)
    while let held = requests[slot].heldPrefixSlots.popLast() {
      if prefixes.release(held) { blocks.keepUnheld(each) }
    }
  }

  /// Gives back all blocks of a completed sample that holds `tokens` tokens.
  ///
  /// Where the next turn is known to repeat the answer of a request of one sample, the prefix
  /// blocks that it fills stay in the cache.
  mutating func releaseCompleted(
    _ slot: Int32, tokens: Int, _ pool: borrowing PoolState, _ requests: inout RequestTable
  ) {
    let all = blocks.blocks(forTokens: tokens)
    guard pool.rules.cachesPrefixes, requests[slot].record.samples == 1 else {
      blocks.release(all - requests[slot].sharedBlocks)
      return releaseShared(slot, &requests)
    }
    let known = requests[slot].knownPrefixBlocks
    let filled = tokens / requests[slot].prefixBlockTokens
    insertPrefixBlocks(upTo: min(known, filled), of: slot, &requests)
    requests[slot].sharedHolders -= 1
    releasePrefix(slot, others: all, &requests)
  }
}
