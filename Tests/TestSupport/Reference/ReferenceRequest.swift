import AnswerModels
import FleetEngine
import Quantities
import Workloads

/// One sample of a request: when each of its tokens came out.
final class ReferenceSample {
  /// As long as the engine lets it become.
  let outputTokens: Int
  /// Of those, before the answer.
  let reasoningTokens: Int
  let isCut: Bool
  var tokenTimes: [SimTime] = []
  /// The sequence that computes it, from the fork on; nil before the fork and after its end.
  var sequence: ReferenceSequence?

  var hasEnded: Bool { tokenTimes.count == outputTokens }

  init(lengths: SampleLengths, roomForOutput: Int) {
    outputTokens = min(lengths.outputTokens, roomForOutput)
    reasoningTokens = min(lengths.reasoningTokens, outputTokens)
    isCut = lengths.outputTokens > roomForOutput
  }
}

/// A query under its arm, from arrival to its record.
final class ReferenceRequest {
  let query: Query
  let arm: Int
  let replica: Int
  let promptTokens: Int
  let samples: [ReferenceSample]
  var firstScheduled: SimTime?
  var preemptions = 0
  var prefillEnergy = Energy.zero
  var decodeEnergy = Energy.zero

  init(query: Query, arm: Int, replica: Int, promptTokens: Int, samples: [ReferenceSample]) {
    self.query = query
    self.arm = arm
    self.replica = replica
    self.promptTokens = promptTokens
    self.samples = samples
  }

  var hasEnded: Bool { samples.allSatisfy(\.hasEnded) }
}

/// What waits in a queue or takes part in a batch: a request until its prompt is computed, then
/// each of its samples.
final class ReferenceSequence {
  let request: ReferenceRequest
  /// Nil while this is the whole request.
  let sample: ReferenceSample?
  /// The blocks of each row, those of the prompt first.
  var tables: [[ReferenceBlock]]
  /// Tokens whose keys and values are in the cache.
  var computedTokens: Int
  /// Tokens to compute before the next token comes out.
  var targetTokens: Int

  init(
    request: ReferenceRequest, sample: ReferenceSample?, tables: [[ReferenceBlock]],
    computedTokens: Int, targetTokens: Int
  ) {
    self.request = request
    self.sample = sample
    self.tables = tables
    self.computedTokens = computedTokens
    self.targetTokens = targetTokens
  }

  var rowCount: Int { sample == nil ? request.samples.count : 1 }
}
