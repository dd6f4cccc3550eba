import AnswerModels
import Foundation
import Scenarios
import Testing
import Workloads

@Suite struct TaskSheetTests {
  @Test func `the sheets that ship are the ones tested here`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: ShippedSheets.folder.path)
    #expect(files.sorted() == ShippedSheets.names.map { "\($0).yaml" })
    for name in ShippedSheets.names { #expect(try ShippedSheets.sheet(name).name == name) }
  }

  @Test(arguments: ShippedSheets.names)
  func `every number of a sheet has a unit and a source`(name: String) throws {
    var count = 0
    func walk(_ yaml: YAMLMapping) throws {
      guard yaml.has("value") else {
        for key in yaml.keys where !["name", "summary", "kind"].contains(key) {
          try yaml[key].mapping(walk)
        }
        for key in ["name", "summary", "kind"] { _ = try yaml.optional(key)?.string() }
        return
      }
      count += 1
      _ = try yaml["value"].double()
      #expect(["1", "token"].contains(try yaml["unit"].string()))
      #expect(try yaml["source"].string().count > 10)
      _ = try yaml.optional("error")?.double(.nonNegative)
    }
    try YAMLDocument.read(path: ShippedSheets.path(name), walk)
    #expect(count > 15)
  }

  @Test(arguments: ShippedSheets.judged, [ReasoningMode.direct, .chainOfThought])
  func `each model is right as often as its sheet says`(
    name: String, mode: ReasoningMode
  ) throws {
    let sheet = try ShippedSheets.sheet(name)
    #expect(sheet.modelNames == ShippedSheets.models)
    let strategy = mode == .direct ? Strategy.direct : .chainOfThought
    let answers = try ItemResponseAnswers(
      tasks: [sheet], arms: ShippedSheets.models.map { arm($0, strategy) }, seed: 2)
    let sample = queries(4000)
    for (index, model) in ShippedSheets.models.enumerated() {
      let published = try #require(try sheet.behavior(of: model, mode: mode).accuracy)
      let observed = accuracy(answers, sample, arm: index)
      #expect(
        abs(deviation(observed, from: published, count: sample.count)) < 4, "\(model) \(observed)")
    }
  }

  @Test(arguments: ShippedSheets.judged)
  func `larger models and chains of thought are better`(name: String) throws {
    let sheet = try ShippedSheets.sheet(name)
    func figure(_ model: String, _ mode: ReasoningMode) throws -> Double {
      try #require(try sheet.behavior(of: model, mode: mode).accuracy)
    }
    for mode in [ReasoningMode.direct, .chainOfThought] {
      let sizes = ["qwen2.5-1.5b", "qwen2.5-7b", "qwen2.5-14b", "qwen2.5-32b"]
      let ladder = try sizes.map { try figure($0, mode) }
      #expect(ladder == ladder.sorted())
    }
    for model in ShippedSheets.models {
      #expect(try figure(model, .direct) < figure(model, .chainOfThought))
    }
  }

  @Test(arguments: ShippedSheets.judged)
  func `derived accuracies follow from the figures that they name`(name: String) throws {
    let derivation = /derived: (?<base>[0-9.]+) (?<sign>[+-]) (?<shift>[0-9.]+) logit/
    var value = 0.0
    var derived = 0
    for line in try ShippedSheets.text(name).split(whereSeparator: \.isNewline) {
      if let match = line.firstMatch(of: /value: ([0-9.]+)/) { value = Double(match.1) ?? .nan }
      guard let match = line.firstMatch(of: derivation) else { continue }
      derived += 1
      let base = try #require(Double(match.base))
      let shift = try #require(Double(match.shift)) * (match.sign == "+" ? 1 : -1)
      let expected = 1 / (1 + exp(-(log(base / (1 - base)) + shift)))
      #expect(abs(value - expected) < 0.00051)
    }
    #expect(derived == (name == "mmlu" ? 4 : 6))
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
    // Published mean 397 tokens; the cut at 4,096 takes less than one in a hundred off it.
    #expect(abs(Double(total) / 10_000 - 397) < 397 * (0.01 + 4 * 1.05 / 100))
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
    check("value: 1.8", "value: -1.8", mentions: "wrong answer spread is -1.8")
    check("value: 0.33", "value: 0.01", mentions: "spread")
    check("value: 0.916", "value: 91.6", mentions: "91.6")
  }
}
