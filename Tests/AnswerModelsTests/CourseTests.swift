import AnswerModels
import NumericalMethods
import Testing
import Workloads

/// A strategy, which must be one.
private func strategy(_ text: String) -> Strategy {
  do { return try Strategy(text: text) } catch { preconditionFailure("\(error)") }
}

/// Arms of several attempts, walked through by hand: every attempt ends whole.
private struct Walk {
  let answers: ItemResponseAnswers

  init(_ arms: [ArmSpecification], answers space: AnswerSpace = .open(wrongAnswers: 25)) throws {
    answers = try ItemResponseAnswers(
      tasks: [try sheet(answers: space)], arms: arms, seed: 3)
  }

  /// What a query's attempts put out, and what they were.
  func course(_ query: Query, arm: Int) -> (course: AnswerCourse, attempts: [Attempt]) {
    var course = AnswerCourse()
    var made: [Attempt] = []
    while true {
      let next = answers.attempts(of: query, arm: arm, after: course)
      if next.isEmpty { return (course, made) }
      for attempt in next {
        made.append(attempt)
        course.attempts += 1
        for sample in 0..<attempt.samples {
          course.end(.init(number: attempt.firstSample + sample))
        }
      }
    }
  }

  func isCorrect(_ query: Query, arm: Int) -> Bool? {
    answers.isCorrect(query, arm: arm, by: course(query, arm: arm).course)
  }

  func accuracy(_ queries: [Query], arm: Int) -> Double {
    Double(queries.count { isCorrect($0, arm: arm) == true }) / Double(queries.count)
  }
}

@Suite struct CourseTests {
  @Test func `a vote is the same vote however its samples are served, and stops without harm`()
    throws
  {
    let walk = try Walk([
      arm("small", strategy("majority-vote:k=7")),
      arm("small", strategy("majority-vote:k=7,order=serial")),
      arm("small", strategy("majority-vote:k=7,order=spread")),
      arm("small", strategy("majority-vote:k=7,order=serial,stop=decided")),
    ])
    var spared = 0
    for query in queries(300) {
      let expected = walk.answers.isCorrect(query, arm: 0)
      #expect(walk.isCorrect(query, arm: 1) == expected)
      #expect(walk.isCorrect(query, arm: 2) == expected)
      #expect(walk.isCorrect(query, arm: 3) == expected)
      #expect(walk.course(query, arm: 1).attempts.count == 7)
      let adaptive = walk.course(query, arm: 3).attempts.count
      #expect((4...7).contains(adaptive))
      spared += 7 - adaptive
    }
    #expect(spared > 300)
  }

  @Test func `a cascade is right where the try that stands, or the model behind it, is right`()
    throws
  {
    let walk = try Walk([
      arm("small", strategy("cascade:then=large,k=3")),
      arm("small", strategy("majority-vote:k=3")), arm("large", .chainOfThought),
    ])
    var escalated = 0
    for query in queries(400) {
      let attempts = walk.course(query, arm: 0).attempts
      let behind = attempts.count == 2 ? 2 : 1
      #expect(walk.isCorrect(query, arm: 0) == walk.answers.isCorrect(query, arm: behind))
      guard let last = attempts.last, attempts.count == 2 else { continue }
      escalated += 1
      #expect(last.purpose == .escalation && last.stage == 1 && last.firstSample == 3)
      #expect(
        walk.answers.lengths(of: query, arm: 0, sample: 3)
          == walk.answers.lengths(of: query, arm: 2, sample: 0))
    }
    #expect((50...350).contains(escalated))
  }

  @Test func `a better score lets a cascade keep more of the right answers that it has`() throws {
    let walk = try Walk(
      ["0.5", "0.8", "0.99"].map {
        arm("small", strategy("cascade:then=large,gate=score,at=0.5,auc=\($0)"))
      })
    let queries = queries(2_000)
    let tried = queries.filter {
      walk.answers.isCorrect($0, arm: 0, by: AnswerCourse(ended: [.init(number: 0)])) == true
    }
    let kept = (0..<3).map { arm in
      tried.count { walk.course($0, arm: arm).attempts.count == 1 }
    }
    // A signal that says nothing has no odds but even ones, and keeps all.
    #expect(kept[0] == tried.count)
    let share = Double(kept[1]) / Double(tried.count)
    let expected = StandardNormal.cdf(StandardNormal.quantile(0.8) / 2.0.squareRoot())
    #expect(abs(deviation(share, from: expected, count: tried.count)) < 4)
    #expect(kept[2] > kept[1])
  }

  @Test func `the best of n lies between one sample and any sample, by the verifier's quality`()
    throws
  {
    let qualities = ["0.5", "0.75", "0.9999"]
    let walk = try Walk(
      qualities.map { arm("small", strategy("best-of-n:n=4,auc=\($0)")) }
        + [arm("small", strategy("majority-vote:k=4,order=serial"))])
    let queries = queries(1_500)
    let shares = qualities.indices.map { walk.accuracy(queries, arm: $0) }
    let any =
      Double(
        queries.count { query in
          (0..<4).contains {
            walk.answers.isCorrect(query, arm: 3, by: AnswerCourse(ended: [.init(number: $0)]))
              == true
          }
        }) / Double(queries.count)
    #expect(abs(deviation(shares[0], from: 0.6, count: queries.count)) < 4)
    #expect(shares[0] + 0.02 < shares[1] && shares[1] + 0.02 < shares[2])
    #expect(shares[2] <= any && shares[2] > any - 0.02)
    let (course, attempts) = walk.course(queries[0], arm: 0)
    #expect(attempts.map(\.purpose) == [.answer] + Array(repeating: .verification, count: 4))
    #expect(course.ended.map(\.number) == Array(0..<8))
    for (sample, attempt) in attempts.dropFirst().enumerated() {
      let lengths = walk.answers.lengths(of: queries[0], arm: 0, sample: sample)
      #expect(attempt.promptTokens == attempts[0].promptTokens + lengths.outputTokens)
    }
  }

  @Test func `a recorded length is that of samples, not of what verifies them`() throws {
    let walk = try Walk([arm("small", strategy("best-of-n:n=2,auc=0.8"))])
    var query = queries(1)[0]
    query.recordedOutputTokens = 77
    let lengths = (0..<4).map {
      walk.answers.lengths(of: query, arm: 0, sample: $0).outputTokens
    }
    #expect(lengths == [77, 77, 1, 1])
    #expect(walk.course(query, arm: 0).attempts.map(\.promptTokens) == [140, 217, 217])
  }

  @Test func `a turn reads all that was said, in blocks that the turn before left in the cache`()
    throws
  {
    let walk = try Walk([arm("small", strategy("self-refinement:turns=3,keep=0.7"))])
    let query = queries(1)[0]
    let attempts = walk.course(query, arm: 0).attempts
    #expect(attempts.count == 3 && attempts.map(\.givesAnswer) == [false, false, true])
    for (turn, (before, after)) in zip(attempts, attempts.dropFirst()).enumerated() {
      let said = walk.answers.lengths(of: query, arm: 0, sample: turn).outputTokens
      #expect(after.promptTokens == before.promptTokens + said + 32)
      let shared = (before.promptTokens + said) / 16
      #expect(before.prefix?.blockIDs.count == shared)
      #expect(after.prefix.map { Array($0.blockIDs.prefix(shared)) } == before.prefix?.blockIDs)
    }
  }

  @Test func `a model that never keeps its answer gives another sample's`() throws {
    let walk = try Walk([
      arm("small", strategy("self-refinement:turns=2,keep=0")),
      arm("small", strategy("self-refinement:turns=2,keep=1")),
      arm("small", strategy("majority-vote:k=2,order=serial")),
    ])
    for query in queries(200) {
      func sample(_ number: Int) -> Bool? {
        walk.answers.isCorrect(query, arm: 2, by: AnswerCourse(ended: [.init(number: number)]))
      }
      #expect(walk.isCorrect(query, arm: 0) == sample(1))
      #expect(walk.isCorrect(query, arm: 1) == sample(0))
    }
  }

  @Test func `a budget cuts the chain, and what is cut answers as the model does at once`() throws {
    let walk = try Walk([
      arm("small", strategy("reasoning-budget:tokens=180,mode=chain-of-thought")),
      arm("small", .chainOfThought), arm("small", .direct),
      arm(
        "small",
        strategy("reasoning-budget:tokens=180,obeyed=0.5,excess=1.5,mode=chain-of-thought")),
    ])
    let answers = walk.answers
    var obeyed = 0
    for query in queries(400) {
      let whole = answers.lengths(of: query, arm: 1, sample: 0)
      let cut = answers.lengths(of: query, arm: 0, sample: 0)
      #expect(cut.reasoningTokens == min(180, whole.reasoningTokens))
      #expect(cut.answerTokens == whole.answerTokens)
      let isCut = whole.reasoningTokens > 180
      #expect(
        answers.isCorrect(query, arm: 0) == answers.isCorrect(query, arm: isCut ? 2 : 1))
      let asked = answers.lengths(of: query, arm: 3, sample: 0).reasoningTokens
      let longer = Int((Double(whole.reasoningTokens) * 1.5).rounded())
      #expect(asked == longer || asked == cut.reasoningTokens)
      if asked == cut.reasoningTokens { obeyed += 1 }
    }
    #expect(abs(deviation(Double(obeyed) / 400, from: 0.5, count: 400)) < 4)
  }

  @Test func `confidence tells right from wrong as well as it says`() throws {
    let walk = try Walk([
      arm(
        "small",
        strategy("controlled-reasoning:auc=0.8,worth=1000,mode=chain-of-thought"))
    ])
    var right: [Double] = []
    var wrong: [Double] = []
    let cut = AnswerCourse(ended: [.init(number: 0, missingReasoningTokens: 1)])
    for query in queries(2_000) {
      guard
        let confidence = walk.answers.confidence(
          in: query, arm: 0, sample: 0, reasoningTokens: 256)
      else {
        Issue.record("no signal for query \(query.id)")
        continue
      }
      if walk.answers.isCorrect(query, arm: 0, by: cut) == true {
        right.append(confidence)
      } else {
        wrong.append(confidence)
      }
    }
    wrong.sort()
    let below = right.reduce(0) { sum, value in sum + wrong.count { $0 < value } }
    let area = Double(below) / Double(right.count * wrong.count)
    #expect(abs(area - 0.8) < 0.04)
  }
}
