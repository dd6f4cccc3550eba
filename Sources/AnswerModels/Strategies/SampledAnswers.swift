internal import NumericalMethods
internal import Workloads

/// Samples of one model in one mode on one task: their lengths, and their answers, whole or cut.
///
/// A chain that was cut short answers with what the model says at once, as its direct mode does;
/// where the task knows nothing of that, with a guess among the choices, if there are any.
struct SampledAnswers: Sendable {
  let whole: ArmBehavior
  let cut: ArmBehavior?
  /// Choices of the task; 0 where answers are open.
  let options: Int
  let guess: RandomStream

  func prompt(of query: Query) -> Int { query.promptTokens + whole.instructionTokens }

  func lengths(of query: Query, sample: Int) -> SampleLengths {
    whole.drawnLengths(of: query, sample: sample)
  }

  /// Tokens that sample `sample` has put out at its end.
  func outputTokens(of query: Query, _ sample: AnswerCourse.Sample, number: Int) -> Int {
    lengths(of: query, sample: number).outputTokens - sample.missingReasoningTokens
      - sample.missingAnswerTokens
  }

  /// By sample: its answer, 0 for the right one; nil where it has none. `first` is the number of
  /// the model's sample 0 among those of the query. Nil where nothing is judged.
  func answers(
    of query: Query, _ samples: some Collection<AnswerCourse.Sample>, from first: Int = 0
  ) -> [Int?]? {
    guard let whole = whole.answers(of: query, samples: samples.map { $0.number - first })
    else { return nil }
    return zip(samples, whole).map { sample, answer in
      if !sample.isComplete { return nil }
      return sample.missingReasoningTokens == 0
        ? answer : answerAtOnce(to: query, sample: sample.number - first)
    }
  }

  /// What a chain that has to answer now says.
  func answerAtOnce(to query: Query, sample: Int) -> Int? {
    if let cut { return cut.answers(of: query, samples: [sample])?.first }
    guard options > 0 else { return nil }
    return Int(guess.uniform(id: query.id, index: UInt64(sample)) * Double(options))
  }

  /// Whether the most frequent of the answers is right; false where there is none.
  func voteIsRight(_ answers: [Int?], on query: Query) -> Bool {
    winner(answers, on: query) == 0
  }

  /// The most frequent answer, ties at random; nil where there is none.
  func winner(_ answers: [Int?], on query: Query) -> Int? {
    let given = answers.compactMap(\.self)
    guard let most = given.max() else { return nil }
    var counts = Array(repeating: 0, count: most + 1)
    for answer in given { counts[answer] += 1 }
    return counts.withUnsafeBufferPointer {
      MajorityVote.winner($0, tieBreak: whole.tieBreak(of: query, votes: answers.count))
    }
  }
}
