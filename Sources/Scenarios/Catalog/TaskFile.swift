public import AnswerModels

/// Reads task sheets, `calibration/tasks/<task>.yaml`.
///
/// The sheet's keys: `name`, `summary`, `answers` (what can be answered), `prompt_tokens`,
/// `item_response` (left out where nothing is judged), `modes` (lengths, for every model) and
/// `models` (accuracies, and lengths that differ from the mode's). docs/answers.md explains them.
public enum TaskFile {
  /// The sheet in the file at `path`; whatever is wrong with it is an `InputError`.
  public static func read(path: String) throws -> TaskSheet {
    try YAMLDocument.read(path: path) { try sheet($0) }
  }

  /// The same from text; `file` is the name that errors carry.
  public static func read(text: String, file: String) throws -> TaskSheet {
    try YAMLDocument.read(text: text, file: file) { try sheet($0) }
  }

  private static func sheet(_ yaml: YAMLMapping) throws -> TaskSheet {
    let name = try yaml["name"].name()
    let summary = try yaml["summary"].string()
    let answers = try yaml["answers"].mapping { try answerSpace($0) }
    let prompts = try yaml["prompt_tokens"].mapping { try promptLengths($0) }
    let isJudged = answers != .unjudged
    let response =
      isJudged ? try yaml["item_response"].mapping { try itemResponse($0, of: answers) } : nil
    let modes = try yaml["modes"].mapping { try TaskModes($0) }
    let models = try yaml["models"].mapping { mapping in
      try mapping.keys.map { model in
        (model, try mapping[model].mapping { try modes.behaviors($0, isJudged: isJudged) })
      }
    }
    return TaskSheet(
      name: name, summary: summary, answerSpace: answers, promptTokens: prompts,
      itemResponse: response, defaults: try modes.defaults(),
      models: Dictionary(uniqueKeysWithValues: models))
  }

  private static func answerSpace(_ yaml: YAMLMapping) throws -> AnswerSpace {
    let kind = try yaml["kind"].choice(among: ["choices", "open", "verified", "unjudged"])
    guard kind != "unjudged" else { return .unjudged }
    let lowest = kind == "choices" ? 2.0 : 1.0
    let count = Int(try yaml["count"].measured(unit: "1", .between(lowest...64)).value)
    switch kind {
    case "choices": return .choices(count)
    case "verified": return .verified(wrongAnswers: count)
    default: return .open(wrongAnswers: count)
    }
  }

  private static func promptLengths(_ yaml: YAMLMapping) throws -> PromptLengths {
    PromptLengths(
      median: try yaml["median"].measured(unit: "token", .positive).value,
      logStandardDeviation: try yaml["ln_sd"].measured(unit: "1", .nonNegative).value,
      maximum: Int(try yaml["maximum"].measured(unit: "token", .between(1...1e7)).value))
  }

  private static func itemResponse(
    _ yaml: YAMLMapping, of answers: AnswerSpace
  ) throws -> ItemResponse {
    // Bounds keep a draw of the calibration inside what the model takes.
    func number(_ key: String, in range: ClosedRange<Double>) throws -> Double {
      try yaml[key].measured(unit: "1", .between(range)).value
    }
    func number(ifPresent key: String, in range: ClosedRange<Double>) throws -> Double {
      try yaml.optional(key)?.measured(unit: "1", .between(range)).value ?? 0
    }
    let curve: ItemResponse.Curve
    if case .verified = answers {
      curve = .beta(
        concentration: try number("success_concentration", in: ItemResponse.concentrations))
    } else {
      curve = .softmax(
        spread: try number("ability_spread", in: ItemResponse.spreads),
        growth: try number(ifPresent: "spread_growth", in: ItemResponse.growths))
    }
    let numbers = (
      wrong: try number("wrong_answer_spread", in: ItemResponse.wrongAnswerSpreads),
      shared: try number("shared_difficulty", in: ItemResponse.shares),
      badKeys: try number(ifPresent: "unanswerable_share", in: ItemResponse.unanswerableShares),
      badKeyAccuracy: try number(ifPresent: "unanswerable_accuracy", in: ItemResponse.shares)
    )
    do {
      return try ItemResponse(
        curve: curve, wrongAnswerSpread: numbers.wrong, sharedDifficulty: numbers.shared,
        unanswerableShare: numbers.badKeys, unanswerableAccuracy: numbers.badKeyAccuracy)
    } catch {
      throw yaml.error("\(error)")
    }
  }
}
