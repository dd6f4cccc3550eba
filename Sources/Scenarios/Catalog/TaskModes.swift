internal import AnswerModels

/// The modes of a task sheet: lengths that hold for every model, until a model has its own.
struct TaskModes {
  private var modes: [ReasoningMode: ModeLengths] = [:]

  private struct ModeLengths {
    var instructionTokens: Int
    var unanswerableShare: Double?
    var reasoning: LengthParameters?
    var answer: LengthParameters
  }

  init(_ yaml: YAMLMapping) throws {
    for mode in ReasoningMode.allCases {
      modes[mode] = try yaml.optional(mode.rawValue)?.mapping { yaml in
        ModeLengths(
          instructionTokens: Int(
            try yaml["instruction_tokens"].measured(unit: "token", .between(0...1e6)).value),
          unanswerableShare: try yaml.optional("unanswerable_share")?.measured(
            unit: "1", .between(0...0.9)
          ).value,
          reasoning: mode == .direct
            ? nil : try yaml["reasoning_tokens"].mapping { try LengthParameters($0) },
          answer: try yaml["answer_tokens"].mapping { try LengthParameters($0) })
      }
    }
    guard !modes.isEmpty else {
      let known = ReasoningMode.allCases.map(\.rawValue).joined(separator: ", ")
      throw yaml.error("the task has no mode", expected: "at least one of \(known)")
    }
  }

  /// What holds for a model without figures of its own; it has no accuracy.
  func defaults() throws -> [ReasoningMode: ModeBehavior] {
    try modes.mapValues { lengths in
      ModeBehavior(
        accuracy: nil, instructionTokens: lengths.instructionTokens,
        reasoning: try lengths.reasoning?.law(), answer: try lengths.answer.law())
    }
  }

  /// One model's entry under `models`: for each mode that it has figures for, its accuracy where
  /// the task is judged, and `reasoning_median`, `answer_median` and `decisiveness` where they are
  /// its own.
  func behaviors(
    _ yaml: YAMLMapping, isJudged: Bool
  ) throws -> [ReasoningMode: ModeBehavior] {
    var behaviors: [ReasoningMode: ModeBehavior] = [:]
    for mode in ReasoningMode.allCases {
      guard let lengths = modes[mode] else { continue }
      behaviors[mode] = try yaml.optional(mode.rawValue)?.mapping { yaml in
        func median(_ key: String) throws -> Double? {
          try yaml.optional(key)?.measured(unit: "token", .positive).value
        }
        return ModeBehavior(
          accuracy: isJudged
            ? try yaml["accuracy"].measured(unit: "1", .openFraction).value : nil,
          instructionTokens: lengths.instructionTokens,
          reasoning: try lengths.reasoning?.law(median: median("reasoning_median")),
          answer: try lengths.answer.law(median: median("answer_median")),
          decisiveness: try yaml.optional("decisiveness")?.measured(
            unit: "1", .between(0.05...20)
          ).value ?? 1,
          unanswerableShare: lengths.unanswerableShare)
      }
    }
    return behaviors
  }
}

/// A length law as a sheet gives it: `{constant}`, or median, slope, spreads and maximum.
private struct LengthParameters {
  private var median: Double
  private var difficultySlope = 0.0
  private var spread = 0.0
  private var sampleSpread = 0.0
  private var maximum: Int

  /// More tokens than any model's context holds.
  private static let longest = 10_000_000

  init(_ yaml: YAMLMapping) throws {
    let limit = Bounds.between(1...Double(Self.longest))
    if let constant = try yaml.optional("constant")?.measured(unit: "token", limit).value {
      median = constant
      maximum = Self.longest
      return
    }
    median = try yaml["median"].measured(unit: "token", .positive).value
    difficultySlope = try yaml["difficulty_slope"].measured(unit: "1").value
    spread = try yaml["ln_sd"].measured(unit: "1", .nonNegative).value
    sampleSpread = try yaml["ln_sd_within_query"].measured(unit: "1", .nonNegative).value
    maximum = Int(try yaml["maximum"].measured(unit: "token", limit).value)
    do {
      _ = try law()
    } catch {
      throw yaml.error("\(error)")
    }
  }

  /// The law, with a model's own median where it has one.
  func law(median own: Double? = nil) throws(AnswerModelError) -> TokenLengthLaw {
    try TokenLengthLaw(
      median: own ?? median, difficultySlope: difficultySlope, spread: spread,
      sampleSpread: sampleSpread, maximum: maximum)
  }
}
