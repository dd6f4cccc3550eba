import AnswerModels
import FleetEngine
import Quantities
import Workloads

/// Ending an iteration: docs/model.md, "When an iteration ends".
extension ReferenceReplica {
  /// Takes the iteration that ends now into effect; returns the requests that left, in order.
  func endIteration(at now: SimTime) -> [ReferenceRequest] {
    guard let iteration else { preconditionFailure("no iteration to end") }
    self.iteration = nil
    log.note(iteration, of: self)
    shares.note(iteration)
    var ended: [ReferenceRequest] = []
    checkpoints = []
    for row in iteration.decodeRows {
      row.sequence.computedTokens += 1
      putOutToken(of: row.sequence, at: now, ended: &ended)
      if row.sequence.sample?.hasEnded == true { leave(row.sequence) }
    }
    for chunk in iteration.chunks {
      chunk.sequence.computedTokens += chunk.tokens
      let again = chunk.tokens - chunk.sequence.noteComputed(chunk)
      if again > 0 { log.trace.recomputed.append(.init(time: now, count: again)) }
      guard chunk.sequence.computedTokens == chunk.sequence.targetTokens else { continue }
      prefilling.removeAll { $0 === chunk.sequence }
      for row in fork(chunk.sequence, at: now) {
        putOutToken(of: row, at: now, ended: &ended)
        if row.sample?.hasEnded == false { join(row) }
      }
    }
    judgeCourses(at: now)
    let givenUp = takeGivenUp(at: now)
    checkpoints.removeAll { row in !decoding.contains { $0 === row } }
    settleIfEmpty()
    return ended + givenUp
  }

  /// The rows that a sequence becomes when its tokens are computed.
  private func fork(_ sequence: ReferenceSequence, at now: SimTime) -> [ReferenceSequence] {
    guard sequence.sample == nil else { return [sequence] }
    let request = sequence.request
    log.trace.prompts.append(.init(time: now, count: request.newPromptTokens))
    log.trace.events.cutSamples += request.samples.count(where: \.isCut)
    let rows = zip(request.samples, sequence.rowBlocks).map { sample, blocks in
      ReferenceSequence(
        request: request, sample: sample, rowBlocks: [blocks],
        computedTokens: sequence.computedTokens, targetTokens: sequence.targetTokens)
    }
    request.sharers = rows
    return rows
  }

  /// Puts out one token; frees the row's blocks if it was the sample's last.
  private func putOutToken(
    of row: ReferenceSequence, at now: SimTime, ended: inout [ReferenceRequest]
  ) {
    guard let sample = row.sample else { preconditionFailure("a row without a sample") }
    log.trace.outputs.append(.init(time: now, gap: sample.tokenTimes.last.map { now - $0 }))
    sample.tokenTimes.append(now)
    guard sample.hasEnded else { return noteCheckpoint(of: row, sample) }
    touched.append(row.request)
    if row.request.samples.count == 1 { keepContinuation(of: row) }
    freeBlocks(of: row)
    guard row.request.hasEnded else { return }
    row.request.end = now
    ended.append(row.request)
  }

  /// A request of one sample leaves what it holds beyond its prompt's prefix blocks to the cache,
  /// as far as its query names it.
  private func keepContinuation(of row: ReferenceSequence) {
    guard rules.cachesPrefixes else { return }
    let request = row.request
    let context = request.query.context
    let filled = row.computedTokens / context.prefixBlockTokens
    let size = context.prefixBlockTokens / limits.tokensPerBlock
    var blocks = request.promptBlocks + row.rowBlocks[0]
    for content in contents(of: request).prefix(filled).dropFirst(request.heldPrefixes.count) {
      request.heldPrefixes.append(cache.insert(content, Array(blocks.prefix(size)), by: request))
      blocks.removeFirst(size)
    }
    request.promptBlocks = blocks
    row.rowBlocks = []
  }

  /// A chain that has got so far that it is looked at.
  private func noteCheckpoint(of row: ReferenceSequence, _ sample: ReferenceSample) {
    let tokens = sample.tokenTimes.count
    guard let every = checkpointTokens[row.request.arm], tokens % every == 0,
      tokens < min(sample.reasoningTokens, sample.outputTokens)
    else { return }
    checkpoints.append(row)
  }

  /// Queries whose answer is known with the samples that have ended now.
  private func judgeCourses(at now: SimTime) {
    for request in touched {
      guard let course = request.course, course.decided == nil, request.deadline > now,
        answers.isDecided(course.query, arm: course.arm, by: course.answers)
      else { continue }
      course.decide(at: now)
    }
    touched = []
  }

  /// Whether a request here is given up by now.
  func isDue(at now: SimTime) -> Bool { requests.contains { $0.deadline <= now } }

  /// The requests that are given up by now leave the replica, which stands at a boundary.
  func giveUp(at now: SimTime) -> [ReferenceRequest] {
    defer { settleIfEmpty() }
    return takeGivenUp(at: now)
  }

  /// The requests that are given up by now leave; returns them in order of their numbers.
  private func takeGivenUp(at now: SimTime) -> [ReferenceRequest] {
    let due = (waiting + prefilling + decoding).filter { $0.request.deadline <= now }
    guard !due.isEmpty else { return [] }
    let leaving = requests.filter { $0.deadline <= now }.sorted {
      ($0.query.id, $0.attempt.firstSample) < ($1.query.id, $1.attempt.firstSample)
    }
    for request in leaving {
      if request.outcomeAtDeadline == .completed {
        log.trace.events.cancelledSamples += request.samples.count { !$0.hasEnded }
      }
      request.outcome = request.outcomeAtDeadline
      request.end = now
      for row in decoding where row.request === request {
        leave(row)
        freeBlocks(of: row)
      }
      if (waiting + prefilling).contains(where: { $0.request === request && $0.sample == nil }) {
        log.trace.abandoned.append(.init(time: now, count: request.newPromptTokens))
      }
      for sequence in prefilling where sequence.request === request { freeBlocks(of: sequence) }
      prefilling.removeAll { $0.request === request }
      waiting.removeAll { $0.request === request }
    }
    return leaving
  }
}
