import AnswerModels
import FleetEngine
import Quantities
import Workloads

/// One sample of a request: when each of its tokens came out.
final class ReferenceSample {
  let index: Int
  /// As long as the engine lets it become.
  private(set) var outputTokens: Int
  /// Tokens before its answer, whether it gets that far or not.
  private(set) var reasoningTokens: Int
  private(set) var isCut: Bool
  /// As drawn, less a head start.
  let drawnReasoning: Int
  let drawnAnswer: Int
  let roomForOutput: Int
  var tokenTimes: [SimTime] = []

  var hasEnded: Bool { tokenTimes.count == outputTokens }

  /// `headStart` tokens of what was drawn stand in the prompt already.
  init(index: Int, drawn: SampleLengths, headStart: Int, roomForOutput: Int) {
    self.index = index
    let whole = max(1, drawn.outputTokens - headStart)
    outputTokens = min(whole, roomForOutput)
    reasoningTokens = max(0, drawn.reasoningTokens - headStart)
    isCut = whole > roomForOutput
    drawnReasoning = reasoningTokens
    drawnAnswer = whole - reasoningTokens
    self.roomForOutput = roomForOutput
  }

  /// Its chain ends with the tokens that it has; the answer follows.
  func stop() {
    reasoningTokens = tokenTimes.count
    outputTokens = min(tokenTimes.count + drawnAnswer, roomForOutput)
    isCut = outputTokens < tokenTimes.count + drawnAnswer
  }
}

/// An attempt of a query under its arm, from its start to its end: most have one.
final class ReferenceRequest {
  let query: Query
  let arm: Int
  let replica: Int
  /// As the arm sends them, a head start included.
  let promptTokens: Int
  let samples: [ReferenceSample]
  let isFirstRound: Bool
  /// Of its prompt, what stood in an output before the run began.
  let headStartTokens: Int
  /// When it is given up if it has not ended.
  var deadline: SimTime
  var outcomeAtDeadline: RequestOutcome
  /// What it shares with other attempts of its query.
  let course: ReferenceCourse?
  let attempt: Attempt

  /// Full blocks of the prompt that the cache does not know by their content, after those that it
  /// does.
  var promptBlocks: [ReferenceBlock] = []
  /// Prefix blocks of the prompt that it holds through the cache, the shallowest first.
  var heldPrefixes: [ReferencePrefixBlock] = []
  /// Sequences of this request that hold its prompt's full blocks.
  var sharers: [ReferenceSequence] = []

  /// Positions of its prompt's tokens that have been in the KV cache, computed or found.
  var hasHad: Set<Int> = []
  /// Tokens of its prompt that were computed and had not been there.
  var newPromptTokens = 0

  var firstScheduled = SimTime.never
  /// Tokens found at the first admission; nil before it.
  var cachedPromptTokens: Int?
  var preemptions = 0
  var prefillEnergy = Energy.zero
  var decodeEnergy = Energy.zero
  var outcome = RequestOutcome.completed
  var end = SimTime.never

  init(
    query: Query, arm: Int, replica: Int, promptTokens: Int, samples: [ReferenceSample],
    isFirstRound: Bool, headStartTokens: Int, attempt: Attempt, course: ReferenceCourse?
  ) {
    self.headStartTokens = headStartTokens
    self.attempt = attempt
    self.course = course
    self.query = query
    self.arm = arm
    self.replica = replica
    self.promptTokens = promptTokens
    self.samples = samples
    self.isFirstRound = isFirstRound
    let timeout = query.context.timeout.map { query.arrival + $0 } ?? .never
    let patience = query.context.patience.map { query.arrival + $0 } ?? .never
    deadline = min(timeout, patience)
    outcomeAtDeadline = timeout <= patience ? .timedOut : .cancelled
  }

  var hasEnded: Bool { samples.allSatisfy(\.hasEnded) }
}

/// What waits in a queue or takes part in a batch: a request until its prompt is computed, then
/// each of its samples.
final class ReferenceSequence {
  let request: ReferenceRequest
  /// Nil while this is the whole request.
  let sample: ReferenceSample?
  /// By row: the blocks after the prompt's full ones.
  var rowBlocks: [[ReferenceBlock]]
  /// Tokens whose keys and values are in the cache.
  var computedTokens: Int
  /// Tokens to compute before the next token comes out.
  var targetTokens: Int
  /// Of `computedTokens`, those that were there when it was admitted.
  var knownTokens = 0
  var wasPreempted = false

  init(
    request: ReferenceRequest, sample: ReferenceSample? = nil, rowBlocks: [[ReferenceBlock]] = [],
    computedTokens: Int = 0, targetTokens: Int
  ) {
    self.request = request
    self.sample = sample
    self.rowBlocks = rowBlocks
    self.computedTokens = computedTokens
    self.targetTokens = targetTokens
  }

  /// Takes note of a chunk; returns how many of its tokens were not computed or found before. What
  /// a sample computes after a preemption it has had.
  func noteComputed(_ chunk: ReferenceIteration.Chunk) -> Int {
    guard sample == nil else { return 0 }
    let positions = Set(chunk.pastTokens..<chunk.pastTokens + chunk.tokens)
    let new = positions.subtracting(request.hasHad).count
    request.hasHad.formUnion(positions)
    request.newPromptTokens += new
    return new
  }

  var rowCount: Int { sample == nil ? request.samples.count : 1 }
}
