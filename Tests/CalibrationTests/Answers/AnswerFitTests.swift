import AnswerModels
import Foundation
import NumericalMethods
import Scenarios
import TestSupport
import Testing

@testable import Calibration

@Suite struct AnswerFitTests {
  /// Samples of made-up models of known law.
  func table(
    _ response: ItemResponse, answers: AnswerSpace, accuracies: [Double], questions: Int,
    samples: Int
  ) throws -> AnswerTable {
    let solver = try AbilitySolver(task: "made up", answers: answers, response: response)
    let normal = { (stream: RandomStream, id: Int, index: Int) in
      StandardNormal.quantile(stream.uniform(id: UInt64(id), index: UInt64(index)))
    }
    let shared = RandomStream(seed: 4, purpose: "difficulty")
    var table = AnswerTable(questions: (0..<questions).map { "q\($0)" })
    for (model, accuracy) in accuracies.enumerated() {
      let law = try solver.law(accuracy: accuracy)
      let own = RandomStream(seed: 4, purpose: "model \(model)")
      let luck = RandomStream(seed: 4, purpose: "samples \(model)")
      var wrong: [Double] = []
      let cells = (0..<questions).map { question -> AnswerCell? in
        let rho = response.sharedDifficulty
        let zeta =
          -rho.squareRoot() * normal(shared, question, 0)
          - (1 - rho).squareRoot() * normal(own, question, 0)
        let pulls = (0..<law.pullCount).map { normal(own, question, $0 + 1) }
        let right = law.chances(suitability: zeta, pulls: pulls[...], into: &wrong)
        var counts = [Int](repeating: 0, count: wrong.count + 1)
        for sample in 0..<samples {
          var left = luck.uniform(id: UInt64(question), index: UInt64(sample)) - right
          var answer = 0
          while left > 0, answer < wrong.count {
            left -= wrong[answer]
            answer += 1
          }
          counts[answer] += 1
        }
        return AnswerCell(right: counts[0], wrong: counts.dropFirst().filter { $0 > 0 })
      }
      table.add(model: "model \(model)", cells: cells)
    }
    return table
  }

  @Test func `spreads and shared difficulty are found again`() throws {
    let answers = AnswerSpace.choices(4)
    let truth = try ItemResponse(
      curve: .softmax(spread: 3, growth: 0.2), wrongAnswerSpread: 1.6, sharedDifficulty: 0.7)
    let table = try table(
      truth, answers: answers, accuracies: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9], questions: 400,
      samples: 8)
    let training = [Bool](repeating: true, count: 400)
    let latent = try LatentQueries(count: 256, pulls: 4)
    let fit = try SpreadFit(
      table, training: training, answers: answers,
      prior: .init(abilitySpread: 2, wrongAnswerSpread: 2.5, growth: 0.1), latent: latent
    ).fit()
    #expect(abs(fit.abilitySpread - 3) < 4 * max(fit.errors[0], 0.15))
    #expect(abs(fit.wrongAnswerSpread - 1.6) < 4 * max(fit.errors[1], 0.1))
    #expect(abs(fit.growth - 0.2) < 4 * max(fit.errors[2], 0.03))
    let accuracies = table.models.indices.map { table.accuracy(of: $0) }
    let pairs = SharedDifficultyFit.pairs(accuracies)
    let shared = try SharedDifficultyFit(
      accuracies: accuracies, answers: answers, response: truth)
    let observed = pairs.map { RescueCheck.item(table, $0).ratio(training) ?? 0 }
    #expect(abs(try shared.fit(pairs, observed: observed).value - 0.7) < 0.1)
  }

  @Test func `the concentration of chances is found again`() throws {
    let law = BetaDistribution(a: 0.5, b: 0.3)
    let stream = RandomStream(seed: 9, purpose: "chances")
    let cells = (0..<400).map { question -> AnswerCell in
      let p = law.quantile(stream.uniform(id: UInt64(question)))
      let right = (1...40).count { stream.uniform(id: UInt64(question), index: UInt64($0)) < p }
      return AnswerCell(right: right, wrong: right < 40 ? [40 - right] : [])
    }
    let fit = ConcentrationFit.fit([cells])
    #expect(abs(log(fit.value / 0.8)) < 4 * fit.logError)
    #expect(fit.logError < 0.2)
    // One more sample of a uniform chance: E[1 - (1-p)²] - 1/2 = 1/6.
    let gain = ConcentrationFit.coverageGain(accuracy: 0.5, concentration: 2, samples: 2)
    #expect(abs(gain - 1.0 / 6) < 1e-9)
  }

  @Test func `held-out errors of a constant are its distances from each fold`() throws {
    let item = HeldOutItem(
      numerators: [0, 0, 1, 1, 1, 1, 0, 1, 1, 0], denominators: [Double](repeating: 1, count: 10))
    var held = HeldOut()
    held.folds = 10
    held.repeats = 2
    held.draws = 20
    let result = try held.run([item], questionCount: 10) { _ in
      HeldOutPredictions(model: [0.6], reference: [0])
    }
    // Folds of one question: six are 0.4 off, four 0.6; the training mean is (6 - x) / 9.
    #expect(abs(result.errors.model - 0.48) < 1e-12)
    #expect(abs(result.errors.reference - 0.6) < 1e-12)
    #expect(abs(result.errors.raw - (6 * (1 - 5.0 / 9) + 4 * 6.0 / 9) / 10) < 1e-12)
    #expect(result.errors.pooled < 1e-12)
    // Of the two means' variances nine tenths are those of one question.
    #expect(abs(result.errors.floor - result.errors.raw * (0.9).squareRoot()) < 1e-12)
  }

  @Test func `a fitted sheet is one that the program reads, with its models and errors`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "answer-fit-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let truth = try ItemResponse(
      curve: .softmax(spread: 4, growth: 0), wrongAnswerSpread: 1, sharedDifficulty: 0.8)
    let table = try table(
      truth, answers: .open(wrongAnswers: 25), accuracies: [0.4, 0.6, 0.8], questions: 150,
      samples: 1)
    var text = "question," + table.models.joined(separator: ",") + "\n"
    for (index, question) in table.questions.enumerated() {
      text +=
        question + ","
        + table.cells.map { "\($0[index]?.right ?? 0)" }
        .joined(separator: ",") + "\n"
    }
    let file = folder.appending(path: "results.csv")
    try Data(text.utf8).write(to: file)
    let path = SharedData.packageRoot.appending(path: "calibration/tasks/math500.yaml").path
    let like = try TaskFile.read(path: path)
    let fit = try AnswerFit(results: file, answers: .open(wrongAnswers: 25), like: like)
    #expect(fit.questions == 120 && fit.leftOut == 30)
    let yaml = try fit.sheet(
      name: "mine", mode: "chain-of-thought", like: String(contentsOfFile: path, encoding: .utf8))
    let sheet = try TaskFile.read(text: yaml, file: "mine.yaml")
    #expect(sheet.modelNames == table.models)
    let accuracy = try sheet.behavior(of: "model 2", mode: .chainOfThought).accuracy
    #expect(abs((accuracy ?? 0) - 0.8) < 0.15)
    #expect(fit.check.count == 2 && fit.table.contains("points"))
  }

  @Test(arguments: [
    ("question,a\nq1,2\n", "results.csv:2"), ("model,a\nq1,1\n", "no question"),
    ("question,a\nq1,1\nq1,0\n", "results.csv:3"),
    ("question,model,correct,samples\nq,m,3,2\n", "3 of 2 samples"),
    ("question,model,correct,samples,wrong_answers\nq,m,1,4,1 1\n", "add up to 2"),
    ("question,a\nq1,1\n", "at least 20 questions"),
  ])
  func `a mistake in the results is reported with its place`(
    text: String, expected: String
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "answer-fit-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "results.csv")
    try Data(text.utf8).write(to: file)
    let error = #expect(throws: InputError.self) { try AnswerMatrixReader.read(file) }
    #expect(error.map { "\($0)" }?.contains(expected) == true, "\(String(describing: error))")
  }
}

/// The model on a part of the published results; the whole table is `joulefleet calibrate answers`.
@Suite(.enabled(if: SharedData.isPresent, "needs the folder of measurements"))
struct PublishedAnswersTests {
  @Test func `code is covered as the counts of samples say`() throws {
    var held = HeldOut()
    held.repeats = 1
    held.draws = 10
    let rows = try CoverageCheck.rows(
      AnswerSets(folder: SharedData.url("accuracy")).code(), held)
    #expect(rows.count == 4)
    for row in rows {
      #expect(row.isMet == true, "\(row.quantity) \(row.pooled)")
      #expect(row.reference > 2 * row.model)
    }
  }
}
