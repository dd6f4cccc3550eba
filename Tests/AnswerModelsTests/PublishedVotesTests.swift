import AnswerModels
import Foundation
import TestSupport
import Testing
import Workloads

/// The model against published votes and pairs of models that its accuracies do not contain.
@Suite(.enabled(if: SharedData.isPresent, "needs the folder of measurements"))
struct PublishedVotesTests {
  /// The sheet with a model of this accuracy, in chain-of-thought mode, instead of its own.
  func sheet(_ name: String, accuracies: [Double]) throws -> TaskSheet {
    var sheet = try ShippedSheets.sheet(name)
    let template = try sheet.behavior(of: "qwen2.5-7b", mode: .chainOfThought)
    sheet.models = [:]
    for (index, accuracy) in accuracies.enumerated() {
      var behavior = template
      behavior.accuracy = accuracy
      sheet.models["model \(index)"] = [.chainOfThought: behavior]
    }
    return sheet
  }

  /// Figures of facts.csv by model, in 0...1.
  func facts(strategy: String, benchmark: String) throws -> [String: Double] {
    let text = try String(
      contentsOf: SharedData.url("accuracy/facts/facts.csv"), encoding: .utf8)
    var figures: [String: Double] = [:]
    for line in text.split(whereSeparator: \.isNewline)
    where line.contains(",\(strategy),\(benchmark),") {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields[2] == strategy, let figure = Double(fields[4]) else { continue }
      // Several sources give chain-of-thought figures; the votes go with the paper's own.
      guard !line.contains("scb-10x") else { continue }
      figures[String(fields[0])] = figure / 100
    }
    return figures
  }

  @Test func `votes of 256 on MATH-500 follow from single samples`() throws {
    let single = try facts(strategy: "CoT", benchmark: "MATH-500")
    let voted = try facts(strategy: "majority@256", benchmark: "MATH-500")
    let models = voted.keys.sorted()
    #expect(models.count == 10)
    let accuracies = try models.map { try #require(single[$0]) }
    let answers = try ItemResponseAnswers(
      tasks: [sheet("math500", accuracies: accuracies)],
      arms: models.indices.map { arm("model \($0)", vote(256)) }, seed: 1)
    let sample = queries(800)
    let errors = try models.indices.map { index in
      accuracy(answers, sample, arm: index) - (try #require(voted[models[index]]))
    }
    // Published votes are over 500 problems, ours over 800 queries: 2 points of sampling each.
    #expect(errors.allSatisfy { abs($0) < 0.06 }, "\(errors)")
    #expect(errors.reduce(0) { $0 + abs($1) } / 10 < 0.025)
    let gains = zip(models, accuracies).map { (voted[$0] ?? 0) - $1 }
    #expect(gains.reduce(0, +) / 10 > 0.1)
  }

  @Test(arguments: [
    ("Phi-3-mini-4k", 0.05), ("Gemma-2-9B-it", 0.05), ("Gemma-2-2B-it", 0.05),
    ("Mistral-7B-Instruct-v0.3", 0.12),
  ])
  func `votes on GSM8K follow roughly, worst for models unlike the rest`(
    model: String, tolerance: Double
  ) throws {
    let figures = try [1, 5, 40].map { count in
      try #require(
        try facts(strategy: "self-consistency@\(count) T=0.7", benchmark: "GSM8K")[model])
    }
    let answers = try ItemResponseAnswers(
      tasks: [sheet("gsm8k", accuracies: [figures[0]])],
      arms: [arm("model 0", vote(5)), arm("model 0", vote(40))], seed: 1)
    let sample = queries(2000)
    for (index, published) in figures.dropFirst().enumerated() {
      let observed = accuracy(answers, sample, arm: index)
      #expect(abs(observed - published) < tolerance, "\(model) \(observed) \(published)")
    }
  }

  @Test func `votes on four options gain as little as recorded`() throws {
    let file = "accuracy/epoch_hub/fitted_vote_params_staged_only.csv"
    let text = try String(contentsOf: SharedData.url(file), encoding: .utf8)
    let runs = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("gpqa,") }.map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    for (band, count) in [(0.2..<0.5, 7), (0.5..<0.7, 5), (0.8..<0.9, 18)] {
      let figures = runs.compactMap { fields -> (single: Double, voted: Double)? in
        guard let single = Double(fields[4]), let voted = Double(fields[10]) else { return nil }
        return band.contains(single) ? (single, voted) : nil
      }
      #expect(figures.count == count)
      let single = figures.reduce(0) { $0 + $1.single } / Double(count)
      let gain = figures.reduce(0) { $0 + $1.voted } / Double(count) - single
      let answers = try ItemResponseAnswers(
        tasks: [sheet("gpqa-diamond", accuracies: [single])],
        arms: [arm("model 0", .chainOfThought), arm("model 0", vote(8))], seed: 1)
      let sample = queries(10_000)
      let observed = accuracy(answers, sample, arm: 1) - accuracy(answers, sample, arm: 0)
      #expect(abs(observed - gain) < 0.015, "\(band) \(observed) \(gain)")
    }
  }

  @Test func `a strong model saves as many of a weak one's failures as observed`() throws {
    // RouteLLM, MMLU: Mixtral 8x7B and GPT-4 on the same questions.
    let text = try String(contentsOf: SharedData.url("accuracy/routellm/mmlu.csv"), encoding: .utf8)
    var rows = 0.0
    var weakRight = 0.0
    var strongRight = 0.0
    var saved = 0.0
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",")
      rows += 1
      if fields[3] == "1" { weakRight += 1 } else if fields[4] == "1" { saved += 1 }
      if fields[4] == "1" { strongRight += 1 }
    }
    let observed = saved / (rows - weakRight)
    let answers = try ItemResponseAnswers(
      tasks: [sheet("mmlu", accuracies: [weakRight / rows, strongRight / rows])],
      arms: [arm("model 0", .chainOfThought), arm("model 1", .chainOfThought)], seed: 1)
    let failures = queries(10_000).filter { answers.isCorrect($0, arm: 0) == false }
    let predicted = accuracy(answers, failures, arm: 1)
    #expect(abs(predicted - observed) < 0.08, "\(predicted) \(observed)")
    #expect(strongRight / rows - observed > 0.2, "independence would be far off")
  }

  @Test func `chains on GSM8K are as long as recorded`() throws {
    let text = try String(contentsOf: SharedData.url("accuracy/zeroeval/gsm.csv"), encoding: .utf8)
    let answers = try ItemResponseAnswers(
      tasks: [ShippedSheets.sheet("gsm8k")],
      arms: [arm("llama-3.1-70b", .chainOfThought), arm("llama-3.1-8b", .chainOfThought)], seed: 1)
    // Columns of the file: 7 is Llama-3.1-70B-Instruct, 8 is Llama-3.1-8B-Instruct.
    for (index, column) in [7, 8].enumerated() {
      let recorded = text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
        Int(line.split(separator: ",")[3].split(separator: " ")[column])
      }.sorted()
      let drawn = queries(4000).map {
        answers.lengths(of: $0, arm: index, sample: 0).outputTokens
      }.sorted()
      for (quantile, tolerance) in [(0.25, 0.1), (0.5, 0.05), (0.75, 0.1)] {
        let expected = Double(recorded[Int(quantile * Double(recorded.count))])
        let observed = Double(drawn[Int(quantile * Double(drawn.count))])
        #expect(abs(observed / expected - 1) < tolerance, "\(quantile) \(observed) \(expected)")
      }
    }
  }
}
