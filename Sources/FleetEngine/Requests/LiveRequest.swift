internal import AnswerModels
internal import Quantities
internal import Workloads

/// A request between its arrival and its end.
struct LiveRequest: ~Copyable {
  var query: Query
  var record: LiveRecord
  /// Of its first sample.
  var firstLengths: ServedLengths
  /// Samples that have not ended.
  @Compact var samplesLeft: Int
  /// Full KV blocks of the prompt, which all samples share.
  @Compact var sharedBlocks: Int
  /// Samples (or the request itself before its prompt is computed) that hold the shared blocks.
  @Compact var sharedHolders = 0
  /// Tokens of each of its prefix blocks where the replica caches prefixes.
  @Compact var prefixBlockTokens = 1
  /// Prefix blocks whose content is known; those of the prompt alone; and where in the prefix
  /// cache those stand that it holds, the shallowest first.
  @Compact var knownPrefixBlocks = 0
  @Compact var identifiedPrefixBlocks = 0
  var heldPrefixSlots: [Int32] = []
  /// What was computed of its prompt so far.
  var promptProgress = PromptProgress()
  /// What of it waits in the queue: items, tokens to compute, and what samples that were
  /// preempted had put out, reasoning apart.
  @Compact var waitingItems = 0
  @Compact var waitingTokens = 0
  @Compact var waitingOutputTokens = 0
  @Compact var waitingReasoningTokens = 0
  /// How it ended if it is given up before it completes.
  var givenUpAs = RequestOutcome.cancelled
  /// Sum over ended samples of more than one token: (last - first token) / (tokens - 1).
  var timePerTokenTicks: Int128 = 0
  @Compact var timePerTokenCount = 0
  /// Samples that the length limit of the model cut short.
  @Compact var cutSamples = 0
  /// Output tokens that it had before the run began (closed loop starts midway), else 0.
  @Compact var headStart: Int
  /// Whether it is of a closed loop's first round.
  var isFirstRound: Bool
  /// Among all samples of its query, the first of this attempt.
  @Compact var firstSample = 0
  /// A depth controller is asked after every so many tokens of a chain; 0 for never.
  @Compact var checkpointTokens = 0
  /// Whether its answer is the query's as it comes out.
  var givesAnswer = true
  /// Whether its time is over: it is given up at its replica's next boundary.
  var isGivenUp = false
  /// Whether it has a course: looking at that counts a reference.
  var hasCourse = false
  /// What it shares with other attempts of its query; nil under most arms.
  var course: LiveCourse?
}

extension LiveRequest {
  var heldPrefixBlocks: Int { heldPrefixSlots.count }

  /// Content of its prefix blocks.
  var prefixBlockIDs: [UInt64] { query.context.prefixBlockIDs }

  /// Lengths of one of its samples.
  @inline(__always)
  func lengths(of sample: Int, _ answers: any AnswerModel, limit: Int) -> ServedLengths {
    ServedLengths(
      answers.lengths(of: query, arm: record.arm, sample: firstSample + sample),
      headStart: headStart, promptTokens: record.promptTokens, limit: limit)
  }

  /// An item of it joins (`sign` 1) or leaves (-1) the queue.
  mutating func countWaiting(_ item: WaitingItem, _ sign: Int) {
    waitingItems += sign
    waitingTokens += sign * item.tokens
    waitingOutputTokens += sign * Int(item.generated)
    waitingReasoningTokens += sign * Int(min(item.reasoningTokens, item.generated))
  }

  /// One sample has all its tokens; a request whose last sample it was ends.
  mutating func endSample(_ row: DecodeRow, at now: SimTime) {
    if hasCourse { course?.endSample(firstSample + Int(row.sample)) }
    record.outputTokens += Int(row.outputTokens)
    record.reasoningTokens += Int(row.reasoningTokens)
    if row.outputTokens > 1 {
      let decodeTime = now - record.firstToken
      timePerTokenTicks += decodeTime.ticks.divided(by: Int(row.outputTokens) - 1).quotient
      timePerTokenCount += 1
    }
    samplesLeft -= 1
    guard samplesLeft == 0 else { return }
    record.end = now
    // A vote is known with its last sample; an answer that the length limit cut off, at the end.
    if record.samples > 1 || record.firstAnswerToken == .never { record.firstAnswerToken = now }
  }
}

/// A sample's lengths as the replica will serve them.
struct ServedLengths {
  @Compact var output: Int
  /// 1-based position of the first answer token; beyond `output` if it is cut off.
  @Compact var firstAnswer: Int
  @Compact var reasoning: Int
  var isCut: Bool
  /// As drawn, less a head start, before the cut.
  @Compact var wholeReasoning: Int
  @Compact var wholeOutput: Int

  /// The drawn lengths, less a head start, cut at the model's longest sequence.
  init(_ drawn: SampleLengths, headStart: Int, promptTokens: Int, limit: Int) {
    let whole = max(1, drawn.outputTokens - headStart)
    let output = min(whole, limit - promptTokens)
    let thinking = max(0, drawn.reasoningTokens - headStart)
    self.output = output
    reasoning = min(thinking, output)
    firstAnswer = thinking + 1
    isCut = output < whole
    wholeReasoning = thinking
    wholeOutput = whole
  }

  /// What sample `number` of these lengths will lack of its chain and of its answer.
  func lack(of number: Int) -> AnswerCourse.Sample {
    AnswerCourse.Sample(
      number: number, missingReasoningTokens: wholeReasoning - reasoning,
      missingAnswerTokens: (wholeOutput - wholeReasoning) - (output - reasoning))
  }

  /// The chain ends after `tokens` tokens and its answer follows, as far as there is room for
  /// `most` tokens in all.
  mutating func stop(after tokens: Int, most: Int) {
    reasoning = tokens
    firstAnswer = tokens + 1
    output = min(tokens + wholeOutput - wholeReasoning, most)
    isCut = output < tokens + wholeOutput - wholeReasoning
  }
}
