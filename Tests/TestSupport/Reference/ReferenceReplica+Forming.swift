import DeviceModels
import FleetEngine
import Quantities
import Workloads

/// Forming an iteration: docs/model.md, "A replica", steps 1 to 4.
extension ReferenceReplica {
  func formIteration(at now: SimTime) {
    let preempted = makeRoomForDecode(at: now)
    var next = ReferenceIteration(start: now)
    for row in decoding {
      next.decodeRows.append(.init(sequence: row, attendedTokens: row.computedTokens + 1))
    }
    var budget = max(0, limits.iterationTokenBudget - decoding.count)
    for sequence in prefilling { addChunk(of: sequence, to: &next, budget: &budget) }
    while !preempted, budget > 0, let sequence = waiting.first, admit(sequence, budget: budget) {
      waiting.removeFirst()
      prefilling.append(sequence)
      if sequence.request.firstScheduled == .never { sequence.request.firstScheduled = now }
      addChunk(of: sequence, to: &next, budget: &budget)
    }
    precondition(!next.decodeRows.isEmpty || !next.chunks.isEmpty, "nothing to compute")
    next.begin(on: model)
    iteration = next
  }

  // MARK: Room for decode

  /// Gives every decode row that needs one its next block, preempting until there are enough;
  /// says whether it had to.
  private func makeRoomForDecode(at now: SimTime) -> Bool {
    var preempted = false
    func needy() -> [ReferenceSequence] {
      decoding.filter { $0.computedTokens % limits.tokensPerBlock == 0 }
    }
    while needy().count > cache.freeBlocks {
      guard let victim = rules.order.victim(prefilling: prefilling, decoding: decoding) else {
        preconditionFailure("no blocks for an empty batch")
      }
      preempt(victim, at: now)
      preempted = true
    }
    for row in needy() { row.rowBlocks[0] += cache.take(1) }
    settleIfEmpty()
    return preempted
  }

  private func preempt(_ sequence: ReferenceSequence, at now: SimTime) {
    if let sample = sequence.sample {
      if decoding.contains(where: { $0 === sequence }) { leave(sequence) }
      sequence.targetTokens = sequence.request.promptTokens + sample.tokenTimes.count
    } else {
      if sequence.computedTokens > sequence.knownTokens { log.trace.events.restartedPrompts += 1 }
    }
    prefilling.removeAll { $0 === sequence }
    freeBlocks(of: sequence)
    sequence.computedTokens = 0
    sequence.knownTokens = 0
    sequence.wasPreempted = true
    sequence.request.preemptions += 1
    log.trace.events.preemptions += 1
    enqueue(sequence)
  }

  // MARK: Chunks

  private func addChunk(
    of sequence: ReferenceSequence, to next: inout ReferenceIteration, budget: inout Int
  ) {
    let left = sequence.targetTokens - sequence.computedTokens
    let tokens = min(budget, left)
    guard tokens > 0 else { return }
    budget -= tokens
    let chunk = ReferenceIteration.Chunk(
      sequence: sequence, pastTokens: sequence.computedTokens, tokens: tokens)
    next.chunks.append(chunk)
    if tokens < left { log.trace.events.partialChunks += 1 }
    insertPrefixes(completedBy: chunk)
  }

  /// The identified prefix blocks that the chunk completes become the cache's.
  private func insertPrefixes(completedBy chunk: ReferenceIteration.Chunk) {
    let request = chunk.sequence.request
    let size = request.query.context.prefixBlockTokens
    for (depth, content) in identifiedPrefixes(of: request).enumerated() {
      let end = (depth + 1) * size
      guard chunk.pastTokens < end, end <= chunk.pastTokens + chunk.tokens else { continue }
      precondition(depth == request.heldPrefixes.count, "prefix block \(depth) out of turn")
      let blocks = Array(request.promptBlocks.prefix(size / limits.tokensPerBlock))
      request.promptBlocks.removeFirst(blocks.count)
      request.heldPrefixes.append(cache.insert(content, blocks, by: request))
    }
  }

  /// The leading prefix blocks that lie within the prompt.
  func identifiedPrefixes(of request: ReferenceRequest) -> ArraySlice<ReferenceContent> {
    contents(of: request).prefix(request.promptTokens / request.query.context.prefixBlockTokens)
  }

  /// All prefix blocks of which it is known what they hold: those before the first id that comes a
  /// second time, none where they are not made of whole blocks.
  func contents(of request: ReferenceRequest) -> [ReferenceContent] {
    let context = request.query.context
    guard rules.cachesPrefixes, context.prefixBlockTokens.isMultiple(of: limits.tokensPerBlock)
    else { return [] }
    var seen: Set<UInt64> = []
    return context.prefixBlockIDs.prefix { seen.insert($0).inserted }
      .map { ReferenceContent(id: $0, tokens: context.prefixBlockTokens) }
  }

  // MARK: Admission

  /// What a waiting sequence would take if it were admitted.
  private struct Placement {
    /// Prefix blocks of its prompt that the cache knows.
    var found: [ReferencePrefixBlock] = []
    /// Tokens that need not be computed.
    var knownTokens = 0
    /// Full blocks of the prompt to take.
    var promptBlocks = 0
    /// By row: blocks after the prompt's full ones to take.
    var rowBlocks: [Int]

    /// Free blocks that it takes: those of found prefix blocks that nobody holds count as free.
    var freeBlocks: Int {
      let claimed = found.filter(\.holders.isEmpty).reduce(0) { $0 + $1.blocks.count }
      return promptBlocks + rowBlocks.reduce(0, +) + claimed
    }
  }

  private func placement(of sequence: ReferenceSequence) -> Placement {
    let request = sequence.request
    let size = limits.tokensPerBlock
    let fullBlocks = request.promptTokens / size
    let tail = (sequence.targetTokens + size - 1) / size - fullBlocks
    var placement = Placement(rowBlocks: Array(repeating: tail, count: sequence.rowCount))
    if !request.sharers.isEmpty {
      placement.knownTokens = fullBlocks * size
      return placement
    }
    let prefix = request.query.context.prefixBlockTokens
    let most = (sequence.targetTokens - 1) / prefix
    placement.found = cache.lookup(identifiedPrefixes(of: request).prefix(most))
    placement.knownTokens = placement.found.count * prefix
    placement.promptBlocks = fullBlocks - placement.knownTokens / size
    return placement
  }

  /// Whether the limits let the sequence in with what is left of the budget.
  private func fits(
    _ placement: Placement, of sequence: ReferenceSequence, budget: Int
  ) -> Bool {
    let left = sequence.targetTokens - placement.knownTokens
    let watermark = batchRows == 0 ? 0 : rules.watermarkBlocks
    return batchRows + sequence.rowCount <= limits.batchRowLimit
      && (rules.chunksPrefill || left <= budget)
      && placement.freeBlocks + watermark <= cache.freeBlocks
  }

  /// Takes the blocks of a waiting sequence if it fits; says whether it did.
  private func admit(_ sequence: ReferenceSequence, budget: Int) -> Bool {
    let placement = placement(of: sequence)
    guard fits(placement, of: sequence, budget: budget) else { return false }
    let request = sequence.request
    if sequence.sample != nil, !request.sharers.isEmpty { log.trace.events.sharedResumes += 1 }
    for prefix in placement.found { cache.hold(prefix, by: request) }
    request.heldPrefixes += placement.found
    request.promptBlocks += cache.take(placement.promptBlocks)
    sequence.rowBlocks = placement.rowBlocks.map { cache.take($0) }
    request.sharers.append(sequence)
    sequence.computedTokens = placement.knownTokens
    sequence.knownTokens = placement.knownTokens
    if sequence.sample == nil { request.hasHad.formUnion(0..<placement.knownTokens) }
    if request.cachedPromptTokens == nil { request.cachedPromptTokens = placement.knownTokens }
    return true
  }
}
