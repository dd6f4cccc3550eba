internal import AnswerModels
internal import Foundation
internal import NumericalMethods

/// Reads the `tasks` of a workload.
struct TaskMixReader {
  let sheets: [TaskSheet]
  /// Whether prompts come from a trace.
  let isTrace: Bool
  /// Whether queries are the turns of conversations, whose answers the prompts repeat.
  var isSessions = false

  func read(_ value: YAMLValue) throws -> [TaskShare] {
    var names = UniqueNames("task")
    let mix = try value.list { entry in try entry.mapping { try task($0, &names) } }
    guard mix.contains(where: { $0.share > 0 }) else {
      throw value.error("the shares of \(value.label) sum to 0", expected: "one share > 0")
    }
    return mix
  }

  private func task(_ yaml: YAMLMapping, _ names: inout UniqueNames) throws -> TaskShare {
    let reference = yaml.optional("task")
    let sheet = try reference.flatMap { value in
      let name = try value.choice(among: sheets.map(\.name))
      return sheets.first { $0.name == name }
    }
    // Without a sheet there is nothing to draw a trace's outputs from.
    let ownName = isTrace && sheet == nil ? nil : yaml.optional("name")
    let name = try ownName?.name() ?? sheet?.name
    guard let name, let nameValue = ownName ?? reference else {
      try rejectMisspelt(yaml)
      throw yaml.error("a task has no name", expected: "task: a known one, or name: your own")
    }
    try names.add(name, at: nameValue)
    let sheetOrLengths = try sheet ?? .lengthsOnly(name: name)
    let share = try yaml.optional("share")?.double(.between(0...1e12)) ?? 1
    let difficulty = try yaml.optional("difficulty")?.mapping(difficulty) ?? (1, 1)
    var task = TaskShare(
      name: name, share: share, difficulty: difficulty, prompt: sheetOrLengths.promptLengths,
      output: nil, sheet: sheetOrLengths)
    if !isTrace {
      if let prompt = try length("prompt", yaml, isRequired: sheet == nil) { task.prompt = prompt }
      if isSessions { task.nextPrompt = try length("next_prompt", yaml, isRequired: false) }
      task.output = try length("output", yaml, isRequired: sheet == nil || isSessions)
    }
    task.asker = try AskerReader.read(yaml)
    return task
  }

  private func length(
    _ key: String, _ yaml: YAMLMapping, isRequired: Bool
  ) throws -> LengthSpecification? {
    let value = isRequired ? try yaml[key] : yaml.optional(key)
    return try value.map(LengthReader.read)
  }

  private func rejectMisspelt(_ yaml: YAMLMapping) throws {
    let keys = ["share", "difficulty", "prompt", "next_prompt", "output"] + AskerReader.keys
    for key in keys { _ = yaml.optional(key) }
    try yaml.finish()
  }

  private func difficulty(_ yaml: YAMLMapping) throws -> (a: Double, b: Double) {
    let value = try yaml["beta"]
    let range = BetaDistribution.parameters
    let parameters = try value.list(atLeast: 2) { try $0.double(.between(range)) }
    guard parameters.count == 2 else { throw value.isNot("[a, b]") }
    return (parameters[0], parameters[1])
  }
}

extension TaskSheet {
  /// A task of which only lengths are known, and those from the scenario.
  static func lengthsOnly(name: String) throws -> TaskSheet {
    let answer = try TokenLengthLaw(constant: 1)
    let behavior = ModeBehavior(
      accuracy: nil, instructionTokens: 0, reasoning: nil, answer: answer)
    return TaskSheet(
      name: name, summary: "lengths only", answerSpace: .unjudged,
      promptTokens: PromptLengths(median: 1, logStandardDeviation: 0, maximum: 1),
      itemResponse: nil,
      defaults: Dictionary(uniqueKeysWithValues: ReasoningMode.allCases.map { ($0, behavior) }),
      models: [:])
  }

  /// The sheet's own distribution of prompts, as a scenario would write it.
  var promptLengths: LengthSpecification {
    let logSD = promptTokens.logStandardDeviation
    let law = LengthLaw.logNormal(
      mean: promptTokens.median * exp(logSD * logSD / 2), logSD: logSD)
    return LengthSpecification(law: law, longest: promptTokens.maximum)
  }
}
