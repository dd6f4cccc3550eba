internal import AnswerModels
internal import DeviceModels
internal import Quantities
internal import Workloads

/// Ending a stretch: tokens put out, energy booked, samples and requests that end.
extension Replica {
  /// Ends the stretch in progress. Requests that end with it are left in `requests.ended`, after
  /// them those that were given up if they are to leave now.
  mutating func endStretch(
    _ pool: borrowing PoolState, _ requests: inout RequestTable, _ tally: inout RunTally,
    answers: any AnswerModel, dropsGivenUp: Bool
  ) {
    let now = stretch.end
    book(&tally)
    let decodeQuanta = stretch.decodeQuanta.sum(stretch.count)
    meter.end(
      prefillQuanta: stretch.prefillQuanta, decodeQuanta: decodeQuanta, since: stretch.start,
      at: now)
    tally.iterations += stretch.count
    if stretch.decodeRows > 0 {
      endDecode(at: now, quanta: decodeQuanta, pool, &requests, &tally)
    }
    if stretch.prefillTokens > 0 {
      bookPrefillEnergy(&requests)
      endPrefill(at: now, pool, &requests, &tally, answers)
    }
    var drops = dropsGivenUp
    if requests.courses.toJudge.count > 0, judgeCourses(answers, at: now, &requests) {
      drops = true
    }
    if drops { removeGivenUp(at: now, &requests) }
    settleRest(&requests)
    stretch.count = 0
  }

  /// Counts what the stretch's iterations have put out, as far as they have ended by `now`.
  mutating func book(_ tally: inout RunTally, by now: SimTime) {
    book(&tally, iterations: stretch.iterations(endedBy: now))
  }

  private mutating func book(_ tally: inout RunTally) {
    book(&tally, iterations: stretch.count)
  }

  private mutating func book(_ tally: inout RunTally, iterations: Int) {
    bookSeries(&tally, iterations: iterations)
    let count = iterations - stretch.bookedIterations
    guard stretch.decodeRows > 0, count > 0 else { return }
    tally.decoded(
      rows: stretch.decodeRows, iterations: count, from: stretch.bookedIterations, stretch.ticks)
    stretch.bookedIterations = iterations
  }

  /// Counts for the time series alone what so many iterations have put out.
  private mutating func bookSeries(_ tally: inout RunTally, iterations: Int) {
    tally.putOutInInterval(
      tokens: stretch.decodeRows * (iterations - stretch.seriesIterations))
    stretch.seriesIterations = iterations
  }

  /// Counts for the time series what has come of the stretch in progress by `now`. Returns the
  /// energy drawn since the last bound and the KV blocks held.
  mutating func bookSeries(
    _ tally: inout RunTally, by now: SimTime
  ) -> (quanta: Int128, blocksUsed: Int) {
    guard stretch.isInProgress else { return (0, blocks.used) }
    let ended = stretch.iterations(endedBy: now)
    bookSeries(&tally, iterations: ended)
    let drawn = stretch.drawn(by: now, ended: ended)
    let quanta = drawn.prefill + drawn.decode - stretch.seriesQuanta
    stretch.seriesQuanta += quanta
    return (quanta, kvBlocksUsed(afterIterations: ended))
  }

  /// Every decode row has a token more for each iteration; some end or begin their answer.
  private mutating func endDecode(
    at now: SimTime, quanta: Int128, _ pool: borrowing PoolState, _ requests: inout RequestTable,
    _ tally: inout RunTally
  ) {
    let count = stretch.count
    if count > 1 {
      let needed = blocks.newBlocks(
        inIterationsFrom: decodeIteration + 2, count: count - 1, rows: stretch.decodeRows)
      if needed > 0 { allocate(needed, &tally) }
    }
    decodeIteration += count
    let own = stretch.decodeOwnQuanta.sum(count)
    shares.add(
      sharedQuanta: quanta - own, ownQuanta: own, iterations: count)
    if batch.nextMilestone == decodeIteration { passMilestone(now, pool, &requests) }
  }

  /// Begins the answers and ends the rows whose token this was, in order of rows.
  private mutating func passMilestone(
    _ now: SimTime, _ pool: borrowing PoolState, _ requests: inout RequestTable
  ) {
    while batch.nextMilestone == decodeIteration {
      let slot = batch.dueSlot
      if batch[slot].answerIteration == decodeIteration {
        requests[batch[slot].request].record.firstAnswerToken = now
      }
      if batch[slot].checkpointIteration == decodeIteration {
        noteCheckpoint(of: slot, &requests)
      }
      if batch[slot].finishIteration == decodeIteration {
        bookShares()
        end(batch.removeDue(), at: now, pool, &requests)
      } else if batch[slot].answerIteration == decodeIteration {
        batch.passAnswerOfDue()
      } else {
        batch.passCheckpointOfDue(next: nextCheckpoint(of: batch[slot], requests))
      }
    }
  }

  private mutating func end(
    _ row: DecodeRow, at now: SimTime, _ pool: borrowing PoolState,
    _ requests: inout RequestTable
  ) {
    settle(row, &requests)
    lastRequestInDecode = row.request
    endSample(row, at: now, pool, &requests)
  }

  /// One sample has all its tokens; with the last of them the request ends.
  private mutating func endSample(
    _ row: DecodeRow, at now: SimTime, _ pool: borrowing PoolState,
    _ requests: inout RequestTable
  ) {
    let slot = row.request
    releaseCompleted(slot, tokens: row.base + decodeIteration, pool, &requests)
    requests[slot].endSample(row, at: now)
    if requests[slot].hasCourse { requests.courses.toJudge.append(slot) }
    if requests[slot].samplesLeft == 0 { requests.ended.append(slot) }
  }

  // MARK: Prefill

  /// Books the prefill's energy to the chunks: own kernels by attention pairs, the rest by
  /// tokens; the last chunk takes what the divisions leave over.
  @inline(__always) private func bookPrefillEnergy(_ requests: inout RequestTable) {
    var ownLeft = stretch.prefillOwnQuanta
    var sharedLeft = stretch.prefillSharedQuanta
    var chunksLeft = stretch.prefillChunks
    for index in 0..<prefillRows.count where prefillRows[index].chunk > 0 {
      let (past, chunk) = (prefillRows[index].done, prefillRows[index].chunk)
      chunksLeft -= 1
      var (own, shared) = (ownLeft, sharedLeft)
      if chunksLeft > 0 {
        let pairs = IterationShape.attentionPairs(past: past, chunk: chunk)
        own = stretch.prefillOwnQuanta.scaled(by: pairs, over: stretch.prefillAttentionPairs)
        shared = stretch.prefillSharedQuanta.scaled(by: chunk, over: stretch.prefillTokens)
      }
      ownLeft -= own
      sharedLeft -= shared
      requests[prefillRows[index].item.request.slot].record.prefillEnergy.quanta += own + shared
    }
  }

  /// Advances the chunks; rows whose last token is computed put out their first.
  private mutating func endPrefill(
    at now: SimTime, _ pool: borrowing PoolState, _ requests: inout RequestTable,
    _ tally: inout RunTally, _ answers: any AnswerModel
  ) {
    var kept = 0
    for index in 0..<prefillRows.count {
      var row = prefillRows[index]
      tally.recomputed(max(0, min(row.done + row.chunk, row.had) - row.done))
      row.done += row.chunk
      pendingTokens -= row.chunk
      row.chunk = 0
      if row.done < row.item.tokens {
        prefillRows[kept] = row
        kept += 1
      } else {
        prefillRowCount -= row.rows
        if row.item.sample < 0 {
          fork(row, at: now, pool, &requests, &tally, answers)
        } else {
          resume(row, at: now, pool, &requests, &tally)
        }
      }
    }
    prefillRows.truncate(to: kept)
  }

  /// The prompt is computed: every sample puts out its first token from the same KV.
  private mutating func fork(
    _ row: PrefillRow, at now: SimTime, _ pool: borrowing PoolState,
    _ requests: inout RequestTable, _ tally: inout RunTally, _ answers: any AnswerModel
  ) {
    let slot = row.item.request.slot
    let samples = requests[slot].record.samples
    requests[slot].record.firstToken = now
    requests[slot].sharedHolders += samples - 1
    requests[slot].promptProgress.count(row)
    tally.computedPrompt(tokens: requests[slot].promptProgress.newTokens)
    // What a first round had put out before the run began is no prompt.
    extent.promptTokens = max(
      extent.promptTokens, row.item.tokens - requests[slot].headStart)
    tally.putOutFirst(tokens: samples)
    for sample in 0..<samples {
      let lengths =
        sample == 0
        ? requests[slot].firstLengths
        : requests[slot].lengths(of: sample, answers, limit: pool.limits.maxModelTokens)
      if lengths.isCut { noteCut(lengths, sample: sample, of: slot, &requests) }
      extent.contextTokens = max(
        extent.contextTokens, row.item.tokens + lengths.output - 1)
      if samples == 1, lengths.firstAnswer == 1 { requests[slot].record.firstAnswerToken = now }
      let tracksAnswer = samples == 1 && lengths.firstAnswer > 1
      start(
        DecodeRow(
          request: slot, sample: Int32(sample), base: row.item.tokens - decodeIteration,
          finishIteration: decodeIteration + lengths.output - 1,
          answerIteration: tracksAnswer ? decodeIteration + lengths.firstAnswer - 1 : 0,
          outputTokens: Int32(lengths.output), reasoningTokens: Int32(lengths.reasoning)),
        at: now, pool, &requests)
    }
  }

  /// A preempted sample has its context back, and its next token with it.
  private mutating func resume(
    _ row: PrefillRow, at now: SimTime, _ pool: borrowing PoolState,
    _ requests: inout RequestTable, _ tally: inout RunTally
  ) {
    let item = row.item
    tally.resumed(after: now - item.lastToken)
    let generated = item.generated + 1
    let slot = item.request.slot
    if item.firstAnswer == generated { requests[slot].record.firstAnswerToken = now }
    let answersLater = item.firstAnswer > generated
    start(
      DecodeRow(
        request: slot, sample: item.sample, base: item.tokens - decodeIteration,
        finishIteration: decodeIteration + Int(item.outputTokens - generated),
        answerIteration: answersLater ? decodeIteration + Int(item.firstAnswer - generated) : 0,
        outputTokens: item.outputTokens, reasoningTokens: item.reasoningTokens),
      at: now, pool, &requests)
  }

  /// Puts a row into the batch, unless the token it has just put out was its last.
  private mutating func start(
    _ row: DecodeRow, at now: SimTime, _ pool: borrowing PoolState,
    _ requests: inout RequestTable
  ) {
    if row.finishIteration > decodeIteration {
      if requests[row.request].checkpointTokens > 0 {
        return addWatchedRow(row, &requests)
      }
      addDecodeRow(row)
    } else {
      endSample(row, at: now, pool, &requests)
    }
  }
}
