import Testing
import Workloads

@testable import AnswerModels

@Suite struct VotingTests {
  @Test func `a vote of one is the single sample, bit for bit`() throws {
    let answers = try ItemResponseAnswers(
      tasks: [sheet()], arms: [arm("small", .chainOfThought), arm("small", vote(1))], seed: 3)
    for query in queries(2000) {
      #expect(answers.isCorrect(query, arm: 0) == answers.isCorrect(query, arm: 1))
      #expect(
        answers.lengths(of: query, arm: 0, sample: 0)
          == answers.lengths(of: query, arm: 1, sample: 0))
    }
  }

  @Test func `voting gains, then saturates`() throws {
    let counts = [1, 5, 33, 255]
    let answers = try ItemResponseAnswers(
      tasks: [sheet()], arms: counts.map { arm("small", vote($0)) }, seed: 3)
    let sample = queries(2000)
    let accuracies = counts.indices.map { accuracy(answers, sample, arm: $0) }
    #expect(accuracies[1] > accuracies[0] + 0.02)
    #expect(accuracies[2] > accuracies[1])
    #expect(abs(accuracies[3] - accuracies[2]) < 0.02)
    #expect(accuracies[3] < 0.9)
  }

  @Test func `voting loses where the favorite answer is wrong and wins where it is right`() throws {
    let task = try sheet(answers: .choices(4), small: 0.5, abilitySpread: 2, wrongAnswerSpread: 2)
    let single = arm("small", .chainOfThought)
    let answers = try ItemResponseAnswers(
      tasks: [task], arms: [single, arm("small", vote(41))], seed: 3)
    let response = try #require(task.itemResponse)
    let law = try AbilitySolver(task: task, response: response).law(accuracy: 0.5)
    let sampler = AnswerSampler(law: law, arm: single, seed: 3)
    let sample = queries(4000)
    // Below 1/4 some wrong option is likelier than the right one; above 1/2 none is.
    let wrongFavorite = sample.filter { (0.05..<0.25).contains(sampler.chanceOfRight($0)) }
    let rightFavorite = sample.filter { (0.5..<0.95).contains(sampler.chanceOfRight($0)) }
    #expect(wrongFavorite.count > 300 && rightFavorite.count > 300)
    #expect(
      accuracy(answers, wrongFavorite, arm: 1) < accuracy(answers, wrongFavorite, arm: 0) - 0.05)
    #expect(
      accuracy(answers, rightFavorite, arm: 1) > accuracy(answers, rightFavorite, arm: 0) + 0.05)
  }

  @Test func `no vote saves a query whose key is bad`() throws {
    let answers = try ItemResponseAnswers(
      tasks: [sheet(small: 0.85, unanswerableShare: 0.12)], arms: [arm("small", vote(101))],
      seed: 3)
    let observed = accuracy(answers, queries(2000), arm: 0)
    #expect(deviation(observed, from: 0.88, count: 2000) < 4)
  }

  @Test func `a vote of two is as good as one sample`() throws {
    // Both right, or one right and the tie broken for it: p² + p(1 - p) = p.
    let task = try sheet()
    let voters = arm("small", vote(2))
    let answers = try ItemResponseAnswers(tasks: [task], arms: [voters], seed: 3)
    let response = try #require(task.itemResponse)
    let law = try AbilitySolver(task: task, response: response).law(accuracy: 0.6)
    let sampler = AnswerSampler(law: law, arm: voters, seed: 3)
    let sample = queries(5000)
    let expected = sample.reduce(0) { $0 + sampler.chanceOfRight($1) } / 5000
    #expect(abs(deviation(accuracy(answers, sample, arm: 0), from: expected, count: 5000)) < 4)
  }
}
