/// What answers a task has.
public enum AnswerSpace: Hashable, Sendable {
  /// One of so many options is right.
  case choices(Int)
  /// Free text with one right answer, and so many wrong ones that a model may be drawn to.
  case open(wrongAnswers: Int)
  /// A test tells right from wrong, as with code: several samples are worth their best one.
  case verified(wrongAnswers: Int)
  /// Nobody can say what is right; only lengths are modeled.
  case unjudged

  /// Wrong answers that compete with the right one; 0 where nothing is judged.
  public var wrongAnswers: Int {
    switch self {
    case .choices(let options): options - 1
    case .open(let wrongAnswers), .verified(let wrongAnswers): wrongAnswers
    case .unjudged: 0
    }
  }

  /// Whether random guessing is sometimes right.
  public var isMultipleChoice: Bool {
    if case .choices = self { true } else { false }
  }
}

/// Prompt lengths of a task, log-normal: for workloads that draw their own prompts.
public struct PromptLengths: Hashable, Sendable {
  /// Tokens of the question itself, without the instructions that a mode adds.
  public var median: Double
  /// Standard deviation of the logarithm of the length.
  public var logStandardDeviation: Double
  /// Longest prompt, tokens.
  public var maximum: Int

  public init(median: Double, logStandardDeviation: Double, maximum: Int) {
    self.median = median
    self.logStandardDeviation = logStandardDeviation
    self.maximum = maximum
  }
}

/// How one model answers a task in one mode.
public struct ModeBehavior: Hashable, Sendable {
  /// Share of the task's reference queries that one sample answers right; nil where the task is
  /// unjudged.
  public var accuracy: Double?
  /// Tokens that the mode's instructions and the chat template add to the question.
  public var instructionTokens: Int
  /// Tokens before the answer; nil where the mode has no reasoning.
  public var reasoning: TokenLengthLaw?
  public var answer: TokenLengthLaw
  /// How much more unequal than the task says this model's answers weigh: 1 unless fitted.
  public var decisiveness: Double
  /// Share of queries out of reach in this mode, where it is not the task's ε.
  public var unanswerableShare: Double?

  public init(
    accuracy: Double?, instructionTokens: Int, reasoning: TokenLengthLaw?, answer: TokenLengthLaw,
    decisiveness: Double = 1, unanswerableShare: Double? = nil
  ) {
    self.accuracy = accuracy
    self.decisiveness = decisiveness
    self.unanswerableShare = unanswerableShare
    self.instructionTokens = instructionTokens
    self.reasoning = reasoning
    self.answer = answer
  }
}

/// Everything known of a kind of query, whatever the fleet: one file of `calibration/tasks/`.
public struct TaskSheet: Sendable {
  public var name: String
  /// One line for people.
  public var summary: String
  public var answerSpace: AnswerSpace
  public var promptTokens: PromptLengths
  /// How chances of right answers spread over queries; nil exactly where the task is unjudged.
  public var itemResponse: ItemResponse?
  /// By mode: what holds for a model that `models` does not name (its accuracy is nil).
  public var defaults: [ReasoningMode: ModeBehavior]
  /// By model name and mode.
  public var models: [String: [ReasoningMode: ModeBehavior]]

  public init(
    name: String, summary: String, answerSpace: AnswerSpace, promptTokens: PromptLengths,
    itemResponse: ItemResponse?, defaults: [ReasoningMode: ModeBehavior],
    models: [String: [ReasoningMode: ModeBehavior]]
  ) {
    self.name = name
    self.summary = summary
    self.answerSpace = answerSpace
    self.promptTokens = promptTokens
    self.itemResponse = itemResponse
    self.defaults = defaults
    self.models = models
  }

  /// Models with figures of their own, in alphabetical order.
  public var modelNames: [String] { models.keys.sorted() }

  /// How `model` answers this task in `mode`.
  ///
  /// A task that is judged has no default for accuracy: a model without figures is an error.
  public func behavior(
    of model: String, mode: ReasoningMode
  ) throws(AnswerModelError) -> ModeBehavior {
    if let behavior = models[model]?[mode] { return behavior }
    if itemResponse == nil, let behavior = defaults[mode] { return behavior }
    throw .noFigures(task: name, model: model, mode: mode, known: modelNames)
  }
}
