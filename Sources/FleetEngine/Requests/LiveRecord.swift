internal import Quantities
internal import Workloads

/// What the record of a request is going to say, as far as it is known while the request lives.
struct LiveRecord {
  var firstScheduled = SimTime.never
  var firstToken = SimTime.never
  var firstAnswerToken = SimTime.never
  var end = SimTime.never
  var prefillEnergy = Energy.zero
  var decodeEnergy = Energy.zero
  @Compact var arm: Int
  @Compact var replica: Int
  @Compact var promptTokens: Int
  @Compact var cachedPromptTokens = 0
  @Compact var outputTokens = 0
  @Compact var reasoningTokens = 0
  @Compact var samples: Int
  @Compact var preemptions = 0
  @Compact var attempts = 1
  var outcome = RequestOutcome.completed

  /// Of a request that has just been queued on a replica.
  init(arm: Int, replica: Int, promptTokens: Int, samples: Int) {
    self.arm = arm
    self.replica = replica
    self.promptTokens = promptTokens
    self.samples = samples
  }

  var energy: Energy { prefillEnergy + decodeEnergy }
}

extension LiveRequest {
  /// The record of a request that has ended, but for what its answer is worth.
  var endedRecord: RequestRecord {
    @inline(__always) get {
      RequestRecord(
        id: query.id, task: query.task, arm: record.arm, replica: record.replica,
        outcome: record.outcome, arrival: query.arrival, firstScheduled: record.firstScheduled,
        firstToken: record.firstToken, firstAnswerToken: record.firstAnswerToken, end: record.end,
        promptTokens: record.promptTokens, cachedPromptTokens: record.cachedPromptTokens,
        outputTokens: record.outputTokens, reasoningTokens: record.reasoningTokens,
        samples: record.samples, preemptions: record.preemptions, attempts: record.attempts,
        timePerOutputToken: timePerOutputToken, prefillEnergy: record.prefillEnergy,
        decodeEnergy: record.decodeEnergy, isCorrect: nil)
    }
  }

  /// Mean over its samples of more than one token; nil where it has none, or did not complete.
  private var timePerOutputToken: SimDuration? {
    @inline(__always) get {
      guard record.outcome == .completed, timePerTokenCount > 0 else { return nil }
      return SimDuration(ticks: timePerTokenTicks.divided(by: timePerTokenCount).quotient)
    }
  }
}
