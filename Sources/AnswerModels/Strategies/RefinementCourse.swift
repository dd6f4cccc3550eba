internal import NumericalMethods
internal import Workloads

/// Turns of one conversation: each prompt holds what was said before and a request to look again.
struct RefinementCourse: QueryCourse {
  private let refinement: SelfRefinement
  private let samples: SampledAnswers
  private let keeping: RandomStream
  /// Names what stands in the conversation of a query under this arm.
  private let content: RandomStream

  /// Tokens of a prefix block where the query names none: as vLLM's KV blocks.
  private static let blockTokens = 16

  init(refinement: SelfRefinement, samples: SampledAnswers, model: String, seed: UInt64) {
    self.refinement = refinement
    self.samples = samples
    keeping = RandomStream(seed: seed, purpose: "keeps answer/\(model)")
    content = RandomStream(
      seed: seed, purpose: "conversation/\(model)/\(Strategy.selfRefinement(refinement))")
  }

  func attempts(of query: Query, after course: AnswerCourse) -> [Attempt] {
    let turn = course.ended.count
    guard turn == course.attempts, turn < refinement.turns else { return [] }
    var prompt = samples.prompt(of: query)
    for sample in course.ended {
      prompt +=
        samples.outputTokens(of: query, sample, number: sample.number) + refinement.requestTokens
    }
    let output = samples.lengths(of: query, sample: turn).outputTokens
    return [
      Attempt(
        turn == 0 ? .answer : .revision, promptTokens: prompt, firstSample: turn,
        givesAnswer: turn == refinement.turns - 1,
        prefix: prefix(of: query, tokens: prompt + output))
    ]
  }

  /// What the first `tokens` tokens of the conversation hold: the query's own blocks, then this
  /// conversation's.
  private func prefix(of query: Query, tokens: Int) -> PromptPrefix {
    let own = query.hasContext ? query.context.prefixBlockIDs : []
    let blockTokens = own.isEmpty ? Self.blockTokens : query.context.prefixBlockTokens
    let known = own.prefix(query.promptTokens / blockTokens)
    let ids = (0..<tokens / blockTokens).map { position in
      position < known.count
        ? known[position] : content.bits(id: query.id, index: UInt64(position))
    }
    return PromptPrefix(blockIDs: ids, blockTokens: blockTokens)
  }

  func lengths(of query: Query, sample: Int) -> SampleLengths {
    samples.lengths(of: query, sample: sample)
  }

  func isCorrect(_ query: Query, by course: AnswerCourse) -> Bool? {
    guard let answers = samples.answers(of: query, course.ended) else { return nil }
    var last: Int?
    for (sample, answer) in zip(course.ended, answers) {
      let keeps =
        last != nil
        && keeping.uniform(id: query.id, index: UInt64(sample.number)) < refinement.keep
      if !keeps, let answer { last = answer }
    }
    return last == 0
  }
}
