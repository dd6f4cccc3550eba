import Foundation
import Scenarios
import Testing
import Workloads

@testable import AnswerModels

@Suite struct TaskSheetTests {
  @Test func `the sheets that ship are the ones tested here`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: ShippedSheets.folder.path)
    #expect(files.sorted() == ShippedSheets.names.map { "\($0).yaml" }.sorted())
    for name in ShippedSheets.names { #expect(try ShippedSheets.sheet(name).name == name) }
  }

  @Test(arguments: ShippedSheets.names)
  func `every number of a sheet has a unit, a source and an error`(name: String) throws {
    var count = 0
    func walk(_ yaml: YAMLMapping, isDefinition: Bool) throws {
      guard yaml.has("value") else {
        for key in yaml.keys where !["name", "summary", "kind"].contains(key) {
          // A limit is what it is, and so is a count of options.
          let isDefinition = key == "maximum" || key == "count"
          try yaml[key].mapping { try walk($0, isDefinition: isDefinition) }
        }
        for key in ["name", "summary", "kind"] { _ = try yaml.optional(key)?.string() }
        return
      }
      count += 1
      _ = try yaml["value"].double()
      #expect(["1", "token"].contains(try yaml["unit"].string()))
      #expect(try yaml["source"].string().count >= 6)
      let error = try yaml.optional("error")?.double(.nonNegative)
      #expect(isDefinition || error != nil)
    }
    try YAMLDocument.read(path: ShippedSheets.path(name)) { try walk($0, isDefinition: false) }
    #expect(count > 15)
  }

  @Test(arguments: ShippedSheets.judged)
  func `each model is right as often as its sheet says`(name: String) throws {
    let sheet = try ShippedSheets.sheet(name)
    #expect(Set(sheet.modelNames).isSuperset(of: ShippedSheets.models + ShippedSheets.reasoners))
    let response = try #require(sheet.itemResponse)
    let solver = try AbilitySolver(task: sheet, response: response)
    let sample = queries(2000)
    for model in sheet.modelNames {
      for mode in ReasoningMode.allCases {
        guard let behavior = try? sheet.behavior(of: model, mode: mode) else { continue }
        let published = try #require(behavior.accuracy)
        let law = try solver.law(of: behavior, accuracy: published, model: model, mode: mode)
        let sampler = AnswerSampler(law: law, arm: arm(model, .direct), seed: 2)
        let right = sample.reduce(0) { $0 + sampler.chanceOfRight($1) }
        // Chances scatter less than answers do.
        let z = deviation(right / 2000, from: published, count: 2000)
        #expect(abs(z) < 4, "\(model) \(mode) \(right / 2000)")
      }
    }
  }

  @Test(arguments: ShippedSheets.judged)
  func `larger models and chains of thought are better`(name: String) throws {
    let sheet = try ShippedSheets.sheet(name)
    func figure(_ model: String, _ mode: ReasoningMode) throws -> Double {
      try #require(try sheet.behavior(of: model, mode: mode).accuracy)
    }
    for mode in [ReasoningMode.direct, .chainOfThought] {
      let sizes = ["qwen2.5-1.5b", "qwen2.5-7b", "qwen2.5-32b"]
      let ladder = try sizes.map { try figure($0, mode) }
      #expect(ladder == ladder.sorted())
    }
    for model in ShippedSheets.models {
      #expect(try figure(model, .direct) < figure(model, .chainOfThought))
    }
    let sizes = ["r1-distill-qwen-1.5b", "r1-distill-qwen-7b", "r1-distill-qwen-32b"]
    let ladder = try sizes.map { try figure($0, .reasoning) }
    #expect(ladder == ladder.sorted())
  }

  @Test(arguments: ShippedSheets.judged)
  func `derived accuracies follow from the figures that they name`(name: String) throws {
    let derivation = /derived: (?<base>[0-9.]+) (?<sign>[+-]) (?<shift>[0-9.]+) logit/
    var value = 0.0
    for line in try ShippedSheets.text(name).split(whereSeparator: \.isNewline) {
      if let match = line.firstMatch(of: /value: ([0-9.]+)/) { value = Double(match.1) ?? .nan }
      guard let match = line.firstMatch(of: derivation) else { continue }
      let base = try #require(Double(match.base))
      let shift = try #require(Double(match.shift)) * (match.sign == "+" ? 1 : -1)
      let expected = 1 / (1 + exp(-(log(base / (1 - base)) + shift)))
      #expect(abs(value - expected) < 0.00051, "\(line)")
    }
  }

  @Test func `chat is not judged and serves any model`() throws {
    let answers = try ItemResponseAnswers(
      tasks: [ShippedSheets.sheet("chat")],
      arms: [arm("llama-3.1-8b", .direct), arm("anything", .direct), arm("anything", vote(3))],
      seed: 1)
    let sample = queries(10_000)
    #expect(answers.isCorrect(sample[0], arm: 0) == nil)
    let total = sample.reduce(0) {
      $0 + answers.lengths(of: $1, arm: 0, sample: 0).outputTokens
    }
    // Published mean 397 tokens.
    #expect(abs(Double(total) / 10_000 - 397) < 397 * 4 * 1.05 / 100)
    #expect(answers.lengths(of: sample[0], arm: 1, sample: 0).reasoningTokens == 0)
    #expect(answers.lengths(of: sample[0], arm: 2, sample: 2).reasoningTokens > 0)
  }

  @Test func `a mistake in a sheet is reported with its place`() throws {
    let text = try ShippedSheets.text("gsm8k")
    func check(_ old: String, _ new: String, mentions expected: String) {
      let changed = text.replacingOccurrences(of: old, with: new)
      #expect(changed != text)
      let error = #expect(throws: InputError.self) {
        try TaskFile.read(text: changed, file: "gsm8k.yaml")
      }
      let description = error.map { "\($0)" } ?? ""
      #expect(description.contains(expected), "\(description)")
      #expect(description.contains("gsm8k.yaml:"), "\(description)")
    }
    check("ability_spread", "ability_spred", mentions: "ability_spread")
    check("unit: token", "unit: tokens", mentions: "token")
    check("value: 1.8", "value: -1.8", mentions: "-1.8 in item_response.wrong_answer_spread")
    check("value: 0.33", "value: 0.01", mentions: "spread")
    check("value: 0.916", "value: 91.6", mentions: "91.6")
  }
}
