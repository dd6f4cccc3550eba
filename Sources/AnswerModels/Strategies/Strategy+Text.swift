/// One line of a listing of the strategies.
public struct StrategyForm: Hashable, Sendable {
  public let name: String
  /// As it is written, parameters included.
  public let usage: String
  public let summary: String
}

extension Strategy: CustomStringConvertible {
  public static let forms = [
    StrategyForm(name: "direct", usage: "direct", summary: "one sample, the answer at once"),
    StrategyForm(
      name: "chain-of-thought", usage: "chain-of-thought",
      summary: "one sample that reasons before it answers"),
    StrategyForm(
      name: "reasoning", usage: "reasoning",
      summary: "one sample of a reasoning model, to its natural end"),
    StrategyForm(
      name: MajorityVote.name, usage: "\(MajorityVote.name):k=5",
      summary: "k samples that reason, their most frequent answer; they share the prompt"),
    StrategyForm(
      name: BestOfN.name, usage: BestOfN.example,
      summary: "n samples that reason, the one that a verifier likes best"),
    StrategyForm(
      name: ReasoningBudget.name, usage: ReasoningBudget.example,
      summary: "a chain of at most so many tokens, cut or asked for in the prompt"),
    StrategyForm(
      name: Cascade.name, usage: Cascade.example,
      summary: "a first try, and another model where its confidence is low"),
    StrategyForm(
      name: SelfRefinement.name, usage: SelfRefinement.example,
      summary: "turns that each look at the answer before"),
    StrategyForm(
      name: ControlledReasoning.name, usage: ControlledReasoning.example,
      summary: "a chain that stops where going on is not worth its joules"),
  ]

  /// Reads a strategy from its text form, `name` or `name:parameter=value,…`.
  public init(text: some StringProtocol) throws(StrategyError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let form = Self.forms.first(where: { $0.name == name }) else {
      throw .unknownStrategy(name, known: Self.forms.map(\.name))
    }
    let parameters = try StrategyParameters(
      parts.count > 1 ? String(parts[1]) : "", of: name, known: Self.parameters(of: name),
      example: form.usage)
    switch name {
    case "direct": self = .direct
    case "chain-of-thought": self = .chainOfThought
    case "reasoning": self = .reasoning
    case MajorityVote.name: self = .majorityVote(try MajorityVote(parameters))
    case BestOfN.name: self = .bestOfN(try BestOfN(parameters))
    case ReasoningBudget.name: self = .reasoningBudget(try ReasoningBudget(parameters))
    case Cascade.name: self = .cascade(try Cascade(parameters))
    case SelfRefinement.name: self = .selfRefinement(try SelfRefinement(parameters))
    default: self = .controlledReasoning(try ControlledReasoning(parameters))
    }
  }

  /// What may stand behind a strategy's name.
  public static func parameters(of name: String) -> [String] {
    switch name {
    case MajorityVote.name: MajorityVote.parameters
    case BestOfN.name: BestOfN.parameters
    case ReasoningBudget.name: ReasoningBudget.parameters
    case Cascade.name: Cascade.parameters
    case SelfRefinement.name: SelfRefinement.parameters
    case ControlledReasoning.name: ControlledReasoning.parameters
    default: []
    }
  }

  /// The text form that reads back as this strategy.
  public var description: String {
    switch self {
    case .direct: "direct"
    case .chainOfThought: "chain-of-thought"
    case .reasoning: "reasoning"
    case .majorityVote(let vote): vote.text
    case .bestOfN(let best): best.text
    case .reasoningBudget(let budget): budget.text
    case .cascade(let cascade): cascade.text
    case .selfRefinement(let refinement): refinement.text
    case .controlledReasoning(let controlled): controlled.text
    }
  }
}
