import DeviceModels
import FleetEngine
import Quantities

/// What one iteration computes, row by row and chunk by chunk.
struct ReferenceIteration {
  struct DecodeRow {
    let sequence: ReferenceSequence
    let attendedTokens: Int
  }

  struct Chunk {
    let sequence: ReferenceSequence
    let pastTokens: Int
    let tokens: Int
    var pairs: Int { tokens * pastTokens + tokens * (tokens + 1) / 2 }
  }

  var decodeRows: [DecodeRow] = []
  var chunks: [Chunk] = []
  var start = SimTime.zero
  var end = SimTime.zero
  var cost = IterationCost(duration: .zero, energy: .zero)

  var shape: IterationShape {
    var shape = IterationShape()
    for row in decodeRows {
      shape.decodeRows += 1
      shape.decodeContextTokens += row.attendedTokens
    }
    for chunk in chunks {
      shape.prefillChunks += 1
      shape.prefillTokens += chunk.tokens
      shape.prefillAttentionPairs += chunk.pairs
    }
    return shape
  }
}

/// A replica that does what docs/model.md says, one step and one row at a time.
final class ReferenceReplica {
  let pool: PoolConfiguration
  let poolIndex: Int
  let cache: ReferenceCache
  var waiting: [ReferenceSequence] = []
  var prefilling: [ReferenceSequence] = []
  var decoding: [ReferenceSequence] = []
  var iteration: ReferenceIteration?
  var shares = ReferenceEnergyShares()
  /// Counts for the totals and for the coverage of tests.
  var tally = ReferenceTally()

  var limits: EngineLimits { pool.limits }

  init(pool: PoolConfiguration, poolIndex: Int) {
    self.pool = pool
    self.poolIndex = poolIndex
    cache = ReferenceCache(blockCount: pool.limits.kvBlockCount)
  }

  var hasWork: Bool { !(waiting.isEmpty && prefilling.isEmpty && decoding.isEmpty) }

  var view: ReplicaView {
    var view = ReplicaView()
    view.waitingRequests = waiting.count
    view.runningRows = decoding.count + prefilling.reduce(0) { $0 + $1.rowCount }
    view.pendingPromptTokens = (waiting + prefilling).reduce(0) {
      $0 + $1.targetTokens - $1.computedTokens
    }
    view.kvBlocksUsed = cache.usedBlocks
    view.kvBlockCount = cache.blockCount
    return view
  }

  // MARK: Forming an iteration

  func formIteration(at now: SimTime) {
    let preempted = makeRoomForDecode()
    var next = ReferenceIteration()
    next.start = now
    for row in decoding {
      next.decodeRows.append(.init(sequence: row, attendedTokens: row.computedTokens + 1))
    }
    var budget = max(0, limits.iterationTokenBudget - decoding.count)
    for sequence in prefilling { addChunk(of: sequence, to: &next, budget: &budget) }
    while !preempted, budget > 0, let sequence = waiting.first, admit(sequence) {
      waiting.removeFirst()
      prefilling.append(sequence)
      addChunk(of: sequence, to: &next, budget: &budget)
    }
    precondition(!next.decodeRows.isEmpty || !next.chunks.isEmpty, "nothing to compute")
    next.cost = pool.model.cost(of: next.shape)
    next.end = now + next.cost.duration
    iteration = next
  }

  /// Gives every decode row that needs one its next block, preempting until there are enough;
  /// says whether it had to.
  private func makeRoomForDecode() -> Bool {
    var preempted = false
    func needy() -> [ReferenceSequence] {
      decoding.filter { $0.computedTokens == $0.tables[0].count * limits.tokensPerBlock }
    }
    while needy().count > cache.freeBlocks {
      preempt(prefilling.isEmpty ? decoding.removeLast() : prefilling.removeLast())
      preempted = true
    }
    for row in needy() { row.tables[0] += cache.take(1) }
    return preempted
  }

  private func preempt(_ sequence: ReferenceSequence) {
    for table in sequence.tables { cache.release(table) }
    sequence.tables = []
    if sequence.sample == nil, sequence.computedTokens > 0 { tally.restartedPrompts += 1 }
    sequence.computedTokens = 0
    if let sample = sequence.sample {
      sequence.targetTokens = sequence.request.promptTokens + sample.tokenTimes.count
    }
    sequence.request.preemptions += 1
    tally.preemptions += 1
    waiting.insert(sequence, at: 0)
  }

  private func addChunk(
    of sequence: ReferenceSequence, to next: inout ReferenceIteration, budget: inout Int
  ) {
    let tokens = min(budget, sequence.targetTokens - sequence.computedTokens)
    guard tokens > 0 else { return }
    budget -= tokens
    next.chunks.append(
      .init(sequence: sequence, pastTokens: sequence.computedTokens, tokens: tokens))
    if sequence.request.firstScheduled == nil { sequence.request.firstScheduled = next.start }
    if tokens < sequence.targetTokens - sequence.computedTokens { tally.partialChunks += 1 }
  }

  /// Takes the blocks of a waiting sequence if they and its rows fit; says whether they did.
  private func admit(_ sequence: ReferenceSequence) -> Bool {
    let rows = decoding.count + prefilling.reduce(0) { $0 + $1.rowCount }
    guard rows + sequence.rowCount <= limits.batchRowLimit else { return false }
    let tokensPerBlock = limits.tokensPerBlock
    let request = sequence.request
    let fullPromptBlocks = request.promptTokens / tokensPerBlock
    guard let sample = sequence.sample else {
      let rowCount = request.samples.count
      let tails = request.promptTokens % tokensPerBlock > 0 ? rowCount : 0
      guard fullPromptBlocks + tails <= cache.freeBlocks else { return false }
      let shared = cache.take(fullPromptBlocks)
      for _ in 1..<rowCount { cache.hold(shared) }
      sequence.tables = (0..<rowCount).map { _ in shared + (tails > 0 ? cache.take(1) : []) }
      return true
    }
    let blocks = (sequence.targetTokens + tokensPerBlock - 1) / tokensPerBlock
    let shared = promptBlocks(heldBySiblingsOf: sample, in: request, count: fullPromptBlocks)
    guard blocks - shared.count <= cache.freeBlocks else { return false }
    cache.hold(shared)
    sequence.tables = [shared + cache.take(blocks - shared.count)]
    sequence.computedTokens = shared.count * tokensPerBlock
    if !shared.isEmpty { tally.sharedResumes += 1 }
    return true
  }

  private func promptBlocks(
    heldBySiblingsOf sample: ReferenceSample, in request: ReferenceRequest, count: Int
  ) -> [ReferenceBlock] {
    for sibling in request.samples where sibling !== sample {
      if let table = sibling.sequence?.tables.first { return Array(table.prefix(count)) }
    }
    return []
  }

  // MARK: Ending an iteration

  /// Takes effect of the iteration that ends now; returns the requests that ended, in order.
  func endIteration(at now: SimTime) -> [ReferenceRequest] {
    guard let iteration else { preconditionFailure("no iteration to end") }
    self.iteration = nil
    tally.count(iteration)
    shares.attribute(iteration)
    var ended: [ReferenceRequest] = []
    var lastToLeave: ReferenceRequest?
    for row in iteration.decodeRows {
      row.sequence.computedTokens += 1
      if putOutToken(of: row.sequence, at: now, ended: &ended) {
        decoding.removeAll { $0 === row.sequence }
        lastToLeave = row.sequence.request
      }
    }
    for chunk in iteration.chunks {
      chunk.sequence.computedTokens += chunk.tokens
      guard chunk.sequence.computedTokens == chunk.sequence.targetTokens else { continue }
      prefilling.removeAll { $0 === chunk.sequence }
      for row in fork(chunk.sequence) where !putOutToken(of: row, at: now, ended: &ended) {
        decoding.append(row)
      }
    }
    if decoding.isEmpty, let lastToLeave { shares.settle(with: lastToLeave) }
    return ended
  }

  /// The decode rows that a sequence becomes when its tokens are computed.
  private func fork(_ sequence: ReferenceSequence) -> [ReferenceSequence] {
    guard sequence.sample == nil else { return [sequence] }
    return zip(sequence.request.samples, sequence.tables).map { sample, table in
      let row = ReferenceSequence(
        request: sequence.request, sample: sample, tables: [table],
        computedTokens: sequence.computedTokens, targetTokens: sequence.targetTokens)
      sample.sequence = row
      return row
    }
  }

  /// Puts out one token; says whether it was the sample's last, in which case its blocks are free.
  private func putOutToken(
    of row: ReferenceSequence, at now: SimTime, ended: inout [ReferenceRequest]
  ) -> Bool {
    guard let sample = row.sample else { preconditionFailure("a row without a sample") }
    sample.tokenTimes.append(now)
    tally.outputTokens += 1
    guard sample.hasEnded else { return false }
    if sample.isCut { tally.cutSamples += 1 }
    for table in row.tables { cache.release(table) }
    sample.sequence = nil
    if row.request.hasEnded { ended.append(row.request) }
    return true
  }
}
