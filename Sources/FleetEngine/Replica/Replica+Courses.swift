internal import AnswerModels
internal import Quantities

/// Requests that are more than one attempt whose samples run to their end.
extension Replica {
  /// Cancels what is in flight of queries whose answer the samples that have just ended tell;
  /// returns whether something leaves this replica. What runs on others is left in
  /// `requests.courses.stopping`.
  mutating func judgeCourses(
    _ answers: any AnswerModel, at now: SimTime, _ requests: inout RequestTable
  ) -> Bool {
    var leaves = false
    for index in 0..<requests.courses.toJudge.count {
      let slot = requests.courses.toJudge[index]
      guard !requests[slot].isGivenUp, let course = requests[slot].course,
        course.decided == nil,
        answers.isDecided(requests[slot].query, arm: requests[slot].record.arm, by: course.answers)
      else { continue }
      course.decided = now
      for attempt in course.inFlight where requests[attempt.slot].samplesLeft > 0 {
        requests[attempt.slot].givenUpAs = .completed
        if requests[attempt.slot].record.replica == number {
          givenUp.append(attempt)
          leaves = true
        } else {
          requests.courses.stopping.append(attempt)
        }
      }
    }
    requests.courses.toJudge.truncate(to: 0)
    return leaves
  }

  /// A sample will be cut.
  func noteCut(
    _ lengths: ServedLengths, sample: Int, of slot: Int32, _ requests: inout RequestTable
  ) {
    requests[slot].cutSamples += 1
    guard requests[slot].hasCourse else { return }
    requests[slot].course?.note(lengths.lack(of: requests[slot].firstSample + sample))
  }

  // MARK: Checkpoints

  /// Puts a row into the batch whose chain a depth controller is asked about.
  mutating func addWatchedRow(_ row: DecodeRow, _ requests: inout RequestTable) {
    var row = row
    let putOut = row.putOut(by: decodeIteration)
    let isDue =
      putOut > 1 && putOut % requests[row.request].checkpointTokens == 0
      && putOut < row.reasoningTokens
    row.checkpointIteration = nextCheckpoint(of: row, requests)
    addDecodeRow(row)
    if isDue { noteCheckpoint(of: batch.last, &requests) }
  }

  func noteCheckpoint(of row: Int32, _ requests: inout RequestTable) {
    requests.courses.checkpoints.append(
      CourseNotes.Checkpoint(request: requests.reference(to: batch[row].request), row: row))
  }

  /// The decode iteration after which the row's chain is looked at next, 0 for never.
  func nextCheckpoint(of row: borrowing DecodeRow, _ requests: borrowing RequestTable) -> Int {
    let every = requests[row.request].checkpointTokens
    guard every > 0 else { return 0 }
    let putOut = row.putOut(by: decodeIteration)
    let next = (putOut / every + 1) * every
    return next < row.reasoningTokens ? decodeIteration + next - putOut : 0
  }

  /// The sample of a row of the batch, and the tokens that it has put out.
  func chain(in slot: Int32) -> (sample: Int, tokens: Int) {
    (Int(batch[slot].sample), batch[slot].putOut(by: decodeIteration))
  }

  /// Ends the chain of a row where it is: what follows is its answer. It has begun, and not ended.
  mutating func stopChain(
    of slot: Int32, limit: Int, _ answers: any AnswerModel, _ requests: inout RequestTable
  ) {
    var row = batch[slot]
    let request = row.request
    let putOut = row.putOut(by: decodeIteration)
    var lengths = requests[request].lengths(of: Int(row.sample), answers, limit: limit)
    if lengths.isCut { requests[request].cutSamples -= 1 }
    lengths.stop(after: putOut, most: limit - requests[request].record.promptTokens)
    if lengths.isCut { requests[request].cutSamples += 1 }
    requests[request].course?.note(
      lengths.lack(of: requests[request].firstSample + Int(row.sample)))
    row.outputTokens = Int32(lengths.output)
    row.reasoningTokens = Int32(lengths.reasoning)
    row.finishIteration = decodeIteration + lengths.output - putOut
    row.answerIteration = requests[request].record.samples == 1 ? decodeIteration + 1 : 0
    row.checkpointIteration = 0
    batch.replace(slot, with: row)
  }
}

extension DecodeRow {
  /// Tokens that it has put out by the end of decode iteration `iteration`.
  func putOut(by iteration: Int) -> Int { Int(outputTokens) - (finishIteration - iteration) }
}
