internal import AnswerModels
internal import DeviceModels
internal import Quantities

/// Ending an iteration: tokens put out, energy booked, samples and requests that end.
extension Replica {
  /// Ends the iteration in progress. Requests that end with it are left in `requests.ended`.
  mutating func endIteration(
    _ requests: inout RequestTable, _ tally: inout RunTally, answers: any AnswerModel
  ) {
    let iteration = meter.end()
    if iteration.shape.decodeRows > 0 { endDecode(iteration, &requests, &tally) }
    if iteration.shape.prefillTokens > 0 {
      bookPrefillEnergy(iteration, &requests)
      endPrefill(iteration, &requests, &tally, answers)
    }
    if decodeRows.isEmpty { settleCarried(&requests) }
    tally.iterations += 1
  }

  /// Every decode row has one more token; some end or begin their answer with it.
  private mutating func endDecode(
    _ iteration: IterationInProgress, _ requests: inout RequestTable, _ tally: inout RunTally
  ) {
    decodeIteration += 1
    shares.add(
      shared: iteration.energy.decodeShared, own: iteration.energy.decodeOwn,
      rows: iteration.shape.decodeRows, tokens: iteration.shape.decodeContextTokens,
      iteration: decodeIteration)
    tally.putOut(tokens: iteration.shape.decodeRows, after: iteration.cost.duration)
    tally.decoded(rows: iteration.shape.decodeRows)
    if decodeIteration == nextMilestone { passMilestone(iteration.end, &requests, &tally) }
  }

  /// Ends the rows whose last token this was, keeps the others in order, and finds the next
  /// milestone.
  private mutating func passMilestone(
    _ now: SimTime, _ requests: inout RequestTable, _ tally: inout RunTally
  ) {
    nextMilestone = .max
    var kept = 0
    for index in decodeRows.indices {
      var row = decodeRows[index]
      if row.answerIteration == decodeIteration {
        requests[row.request].record.firstAnswerToken = now
        row.answerIteration = 0
      }
      if row.finishIteration == decodeIteration {
        end(row, at: now, &requests, &tally)
        continue
      }
      nextMilestone = min(nextMilestone, row.finishIteration)
      if row.answerIteration > 0 { nextMilestone = min(nextMilestone, row.answerIteration) }
      decodeRows[kept] = row
      kept += 1
    }
    decodeRows.removeLast(decodeRows.count - kept)
  }

  private mutating func end(
    _ row: DecodeRow, at now: SimTime, _ requests: inout RequestTable, _ tally: inout RunTally
  ) {
    settle(row, &requests)
    blocks.release(ownBlocks(of: row, sharedBlocks: requests[row.request].sharedBlocks))
    lastRequestInDecode = row.request
    endSample(row.request, output: row.output, at: now, &requests, &tally)
  }

  /// One sample has all its tokens; with the last of them the request ends.
  private mutating func endSample(
    _ slot: Int32, output: Int, at now: SimTime, _ requests: inout RequestTable,
    _ tally: inout RunTally
  ) {
    releaseShared(slot, &requests)
    if output > 1 {
      let decodeTime = now - requests[slot].record.firstToken
      requests[slot].timePerTokenTicks += decodeTime.ticks / Int128(output - 1)
      requests[slot].timePerTokenCount += 1
    }
    requests[slot].samplesLeft -= 1
    guard requests[slot].samplesLeft == 0 else { return }
    requests[slot].record.end = now
    // A vote is known with its last sample; an answer that the length limit cut off, at the end.
    if requests[slot].record.samples > 1 || requests[slot].record.firstAnswerToken == .never {
      requests[slot].record.firstAnswerToken = now
    }
    requests.ended.append(slot)
  }

  /// Books the prefill's energy to the chunks: own kernels by attention pairs, the rest by
  /// tokens; the last chunk takes what the divisions leave over.
  private func bookPrefillEnergy(
    _ iteration: IterationInProgress, _ requests: inout RequestTable
  ) {
    let shape = iteration.shape
    var ownLeft = iteration.energy.prefillOwn.quanta
    var sharedLeft = iteration.energy.prefillShared.quanta
    var chunksLeft = shape.prefillChunks
    for row in prefillRows where row.chunk > 0 {
      chunksLeft -= 1
      let pairs = attentionPairs(past: row.done, chunk: row.chunk)
      let own =
        chunksLeft == 0
        ? ownLeft
        : iteration.energy.prefillOwn.quanta * Int128(pairs) / Int128(shape.prefillAttentionPairs)
      let shared =
        chunksLeft == 0
        ? sharedLeft
        : iteration.energy.prefillShared.quanta * Int128(row.chunk) / Int128(shape.prefillTokens)
      ownLeft -= own
      sharedLeft -= shared
      requests[row.item.request].record.prefillEnergy += Energy(quanta: own + shared)
    }
  }

  /// Advances the chunks; rows whose last token is computed put out their first.
  private mutating func endPrefill(
    _ iteration: IterationInProgress, _ requests: inout RequestTable, _ tally: inout RunTally,
    _ answers: any AnswerModel
  ) {
    var kept = 0
    for index in prefillRows.indices {
      var row = prefillRows[index]
      row.done += row.chunk
      pendingTokens -= row.chunk
      if row.item.sample >= 0 { tally.recomputed(row.chunk) }
      row.chunk = 0
      if row.done < row.item.tokens {
        prefillRows[kept] = row
        kept += 1
      } else {
        prefillRowCount -= row.rows
        if row.item.sample < 0 {
          fork(row, at: iteration.end, &requests, &tally, answers)
        } else {
          resume(row, at: iteration.end, &requests, &tally)
        }
      }
    }
    prefillRows.removeLast(prefillRows.count - kept)
  }

  /// The prompt is computed: every sample puts out its first token from the same KV.
  private mutating func fork(
    _ row: PrefillRow, at now: SimTime, _ requests: inout RequestTable, _ tally: inout RunTally,
    _ answers: any AnswerModel
  ) {
    let slot = row.item.request
    let samples = requests[slot].record.samples
    requests[slot].record.firstToken = now
    requests[slot].sharedHolders += samples - 1
    tally.computedPrompt(tokens: row.item.tokens)
    extent.promptTokens = max(extent.promptTokens, row.item.tokens)
    tally.putOutFirst(tokens: samples)
    for sample in 0..<samples {
      let lengths = served(slot, sample: sample, requests, answers)
      requests[slot].record.outputTokens += lengths.output
      requests[slot].record.reasoningTokens += lengths.reasoning
      if lengths.isCut { requests[slot].cutSamples += 1 }
      extent.contextTokens = max(
        extent.contextTokens, row.item.tokens + lengths.output - 1)
      if samples == 1, lengths.firstAnswer == 1 { requests[slot].record.firstAnswerToken = now }
      let tracksAnswer = samples == 1 && lengths.firstAnswer > 1
      start(
        DecodeRow(
          request: slot, sample: Int32(sample), base: row.item.tokens - decodeIteration,
          finishIteration: decodeIteration + lengths.output - 1,
          answerIteration: tracksAnswer ? decodeIteration + lengths.firstAnswer - 1 : 0,
          output: lengths.output, joined: shares.mark),
        at: now, &requests, &tally)
    }
  }

  /// A preempted sample has its context back, and its next token with it.
  private mutating func resume(
    _ row: PrefillRow, at now: SimTime, _ requests: inout RequestTable, _ tally: inout RunTally
  ) {
    let item = row.item
    tally.putOut(tokens: 1, after: now - item.lastToken)
    let generated = item.generated + 1
    if item.firstAnswer == generated { requests[item.request].record.firstAnswerToken = now }
    let answersLater = item.firstAnswer > generated
    start(
      DecodeRow(
        request: item.request, sample: item.sample, base: item.tokens - decodeIteration,
        finishIteration: decodeIteration + item.output - generated,
        answerIteration: answersLater ? decodeIteration + item.firstAnswer - generated : 0,
        output: item.output, joined: shares.mark),
      at: now, &requests, &tally)
  }

  /// Puts a row into the batch, unless the token it has just put out was its last.
  private mutating func start(
    _ row: DecodeRow, at now: SimTime, _ requests: inout RequestTable, _ tally: inout RunTally
  ) {
    if row.finishIteration > decodeIteration {
      addDecodeRow(row)
    } else {
      blocks.release(ownBlocks(of: row, sharedBlocks: requests[row.request].sharedBlocks))
      endSample(row.request, output: row.output, at: now, &requests, &tally)
    }
  }

  /// With the last row gone, what the divisions of its energy left over goes to its request.
  private mutating func settleCarried(_ requests: inout RequestTable) {
    guard let slot = lastRequestInDecode, shares.carried > .zero else { return }
    requests[slot].record.decodeEnergy += shares.takeCarried()
  }

  private func served(
    _ slot: Int32, sample: Int, _ requests: RequestTable, _ answers: any AnswerModel
  ) -> ServedLengths {
    let request = requests[slot]
    return ServedLengths(
      answers.lengths(of: request.query, arm: request.record.arm, sample: sample),
      headStart: request.headStart, promptTokens: request.record.promptTokens,
      limit: limits.maxModelTokens)
  }
}
