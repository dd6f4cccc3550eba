import AnswerModels
import Foundation
import Quantities
import Testing
import Workloads

@Suite struct LengthTests {
  func law(
    median: Double = 400, slope: Double = 0.3, spread: Double = 0.6, within: Double = 0.2,
    maximum: Int = 100_000
  ) throws -> TokenLengthLaw {
    try TokenLengthLaw(
      median: median, difficultySlope: slope, spread: spread, sampleSpread: within,
      maximum: maximum)
  }

  /// Answers whose chain of thought follows `law`.
  func answers(_ law: TokenLengthLaw) throws -> ItemResponseAnswers {
    var task = try sheet()
    task.models["small"]?[.chainOfThought]?.reasoning = law
    return try ItemResponseAnswers(
      tasks: [task], arms: [arm("small", .chainOfThought), arm("small", .direct)], seed: 4)
  }

  @Test func `logarithms of lengths have the sheet's mean and spread`() throws {
    let answers = try answers(law())
    let logs = queries(10_000).map {
      log(Double(answers.lengths(of: $0, arm: 0, sample: 0).reasoningTokens))
    }
    let (mean, deviation) = moments(logs)
    #expect(abs(mean - log(400.0)) < 4 * 0.6 / 100)
    #expect(abs(deviation - 0.6) < 4 * 0.6 / 20_000.0.squareRoot())
  }

  @Test func `samples of one query differ by the spread within a query`() throws {
    let answers = try answers(law())
    let differences = queries(5000).map { query in
      func length(_ sample: Int) -> Double {
        log(Double(answers.lengths(of: query, arm: 0, sample: sample).reasoningTokens))
      }
      return length(1) - length(2)
    }
    let expected = 0.2 * 2.0.squareRoot()
    #expect(abs(moments(differences).deviation - expected) < 4 * expected / 100)
  }

  @Test func `one standard deviation of difficulty changes ln length by the slope`() throws {
    let answers = try answers(law())
    func meanLog(difficulty: Double) -> Double {
      moments(
        (0..<UInt64(4000)).map { id in
          let query = Query(
            id: id, arrival: .zero, task: 0, promptTokens: 1, difficulty: difficulty)
          return log(Double(answers.lengths(of: query, arm: 0, sample: 0).reasoningTokens))
        }
      ).mean
    }
    // Φ(1) = 0.8413447: the same queries, one standard deviation harder.
    #expect(abs(meanLog(difficulty: 0.8413447) - meanLog(difficulty: 0.5) - 0.3) < 1e-3)
  }

  @Test func `a chain of thought comes before the answer and a direct answer has none`() throws {
    let answers = try answers(law())
    for query in queries(200) {
      let chain = answers.lengths(of: query, arm: 0, sample: 0)
      let direct = answers.lengths(of: query, arm: 1, sample: 0)
      #expect(chain.reasoningTokens > 10 && chain.answerTokens == 3)
      #expect(direct == SampleLengths(reasoningTokens: 0, answerTokens: 3))
      #expect(answers.promptTokens(of: query, arm: 0) == 140)
      #expect(answers.promptTokens(of: query, arm: 1) == 130)
    }
  }

  @Test func `lengths stay between one token and the maximum`() throws {
    let answers = try answers(law(median: 2, slope: 1, spread: 2.5, within: 0.5, maximum: 9))
    let lengths = queries(3000).map { answers.lengths(of: $0, arm: 0, sample: 0).reasoningTokens }
    #expect(lengths.min() == 1)
    #expect(lengths.max() == 9)
  }

  @Test func `wrong answers are longer than right ones because hard queries are`() throws {
    let answers = try answers(law(slope: 0.55, spread: 0.6))
    var logs: [Bool: [Double]] = [:]
    for query in queries(5000) {
      let length = answers.lengths(of: query, arm: 0, sample: 0).reasoningTokens
      logs[answers.isCorrect(query, arm: 0) == true, default: []].append(log(Double(length)))
    }
    let wrong = try #require(logs[false])
    let right = try #require(logs[true])
    #expect(moments(wrong).mean - moments(right).mean > 0.3)
  }

  @Test func `a spread smaller than its parts is refused`() {
    #expect(throws: AnswerModelError.self) { try law(slope: 0.5, spread: 0.4) }
    #expect(throws: AnswerModelError.self) { try law(spread: 0.3, within: 0.31) }
    #expect(throws: AnswerModelError.self) { try law(median: 0) }
    #expect(throws: AnswerModelError.self) { try law(maximum: 0) }
  }

  @Test func `a recorded length stands and is never reasoning`() throws {
    var query = queries(1)[0]
    query.recordedOutputTokens = 77
    let expected = SampleLengths(reasoningTokens: 0, answerTokens: 77)
    #expect(try answers(law()).lengths(of: query, arm: 0, sample: 0) == expected)
    let recorded = RecordedAnswers()
    #expect(recorded.lengths(of: query, arm: 0, sample: 5) == expected)
    #expect(recorded.isCorrect(query, arm: 0) == nil)
    #expect(recorded.promptTokens(of: query, arm: 0) == 100)
  }

  @Test func `a trace without recorded lengths stops the run`() async {
    await #expect(processExitsWith: .failure) {
      _ = RecordedAnswers().lengths(of: queries(1)[0], arm: 0, sample: 0)
    }
  }
}
