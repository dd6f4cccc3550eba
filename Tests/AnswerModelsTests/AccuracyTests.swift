import Testing
import Workloads

@testable import AnswerModels

@Suite struct AccuracyTests {
  @Test(
    arguments: [
      AnswerSpace.open(wrongAnswers: 25), .choices(4), .choices(10), .verified(wrongAnswers: 25),
    ], [0.0, 0.05])
  func `single samples are right as often as the sheet says`(
    space: AnswerSpace, unanswerable: Double
  ) throws {
    let answers = try ItemResponseAnswers(
      tasks: [
        sheet(
          answers: space, small: 0.55, large: 0.8, directSmall: 0.3,
          unanswerableShare: unanswerable, growth: 0.3)
      ],
      arms: [
        arm("small", .direct), arm("small", .chainOfThought), arm("large", .chainOfThought),
      ], seed: 3)
    let sample = queries(10_000)
    for (index, expected) in [0.3, 0.55, 0.8].enumerated() {
      let observed = accuracy(answers, sample, arm: index)
      #expect(abs(deviation(observed, from: expected, count: sample.count)) < 4)
    }
  }

  @Test func `an accuracy that no ability reaches is refused with the range`() throws {
    let task = try sheet(answers: .choices(4), small: 0.2)
    let error = #expect(throws: AnswerModelError.self) {
      try ItemResponseAnswers(tasks: [task], arms: [arm("small", .chainOfThought)], seed: 1)
    }
    guard case .unreachableAccuracy(let accuracy, _, let model, _, let above, let below) = error
    else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(accuracy == 0.2 && model == "small")
    #expect(abs(above - 0.25) < 1e-4 && abs(below - 1) < 1e-4)
  }

  @Test func `a model without figures is refused with the models that have some`() throws {
    let task = try sheet()
    #expect(
      throws: AnswerModelError.noFigures(
        task: "test", model: "huge", mode: .direct, known: ["large", "small"])
    ) {
      try ItemResponseAnswers(tasks: [task], arms: [arm("huge", .direct)], seed: 1)
    }
  }

  @Test(arguments: [2, 4, 10])
  func `random guessing is the floor of multiple choice`(options: Int) throws {
    let floor = 1 / Double(options)
    let task = try sheet(answers: .choices(options), small: 0.7, sharedDifficulty: 1)
    let answers = try ItemResponseAnswers(
      tasks: [task], arms: [arm("small", .chainOfThought)], seed: 5)
    let hardest = queries(10_000, difficulties: 0.999...0.99999)
    let observed = accuracy(answers, hardest, arm: 0)
    #expect(abs(deviation(observed, from: floor, count: hardest.count)) < 4)
    // Guessing is not the floor of each query: most have a favorite that is wrong.
    let voters = try ItemResponseAnswers(
      tasks: [task], arms: [arm("small", vote(31))], seed: 5)
    let voted = accuracy(voters, hardest, arm: 0)
    #expect(abs(deviation(voted, from: floor, count: hardest.count)) < 4)
  }

  @Test func `harder queries are answered right less often`() throws {
    let answers = try ItemResponseAnswers(
      tasks: [sheet()], arms: [arm("small", .chainOfThought)], seed: 5)
    let byThird = [0.0...0.33, 0.33...0.67, 0.67...1].map {
      accuracy(answers, queries(3000, difficulties: $0), arm: 0)
    }
    #expect(byThird[0] > byThird[1] + 0.1 && byThird[1] > byThird[2] + 0.1)
  }

  @Test func `two models fail on the same queries more often than by chance`() throws {
    let answers = try ItemResponseAnswers(
      tasks: [sheet()],
      arms: [arm("small", .chainOfThought), arm("large", .chainOfThought)], seed: 5)
    let sample = queries(10_000)
    let bothWrong = sample.count {
      answers.isCorrect($0, arm: 0) == false && answers.isCorrect($0, arm: 1) == false
    }
    let byChance = 0.4 * 0.2
    #expect(deviation(Double(bothWrong) / 10_000, from: byChance, count: 10_000) > 10)
  }

  @Test func `without shared difficulty two models fail independently`() throws {
    let answers = try ItemResponseAnswers(
      tasks: [sheet(sharedDifficulty: 0)],
      arms: [arm("small", .chainOfThought), arm("large", .chainOfThought)], seed: 5)
    let sample = queries(10_000)
    let bothWrong = sample.count {
      answers.isCorrect($0, arm: 0) == false && answers.isCorrect($0, arm: 1) == false
    }
    #expect(abs(deviation(Double(bothWrong) / 10_000, from: 0.08, count: 10_000)) < 4)
  }

  @Test func `one model's modes agree more than two models do`() throws {
    let answers = try ItemResponseAnswers(
      tasks: [sheet(small: 0.6, large: 0.6, directSmall: 0.6, sharedDifficulty: 0.5)],
      arms: [
        arm("small", .direct), arm("small", .chainOfThought), arm("large", .chainOfThought),
      ], seed: 5)
    let sample = queries(5000)
    func agreement(_ a: Int, _ b: Int) -> Int {
      sample.count { answers.isCorrect($0, arm: a) == answers.isCorrect($0, arm: b) }
    }
    #expect(agreement(0, 1) > agreement(1, 2) + 300)
  }

  @Test func `a query's luck does not depend on the order of calls`() throws {
    let arms = [arm("small", .direct), arm("small", vote(5)), arm("large", .chainOfThought)]
    let answers = try ItemResponseAnswers(tasks: [sheet()], arms: arms, seed: 9)
    let reordered = try ItemResponseAnswers(tasks: [sheet()], arms: arms.reversed(), seed: 9)
    let sample = queries(300)
    let forward = sample.map { answers.isCorrect($0, arm: 1) }
    let lengths = sample.map { answers.lengths(of: $0, arm: 1, sample: 3) }
    for (index, query) in sample.enumerated().reversed() {
      _ = reordered.lengths(of: query, arm: 1, sample: 4)
      #expect(reordered.isCorrect(query, arm: 1) == forward[index])
      #expect(reordered.lengths(of: query, arm: 1, sample: 3) == lengths[index])
    }
    let otherSeed = try ItemResponseAnswers(tasks: [sheet()], arms: arms, seed: 10)
    #expect(sample.map { otherSeed.isCorrect($0, arm: 1) } != forward)
  }
}
