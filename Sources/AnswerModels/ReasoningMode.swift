/// How one sample is produced: what the prompt asks for.
public enum ReasoningMode: String, Hashable, CaseIterable, Sendable {
  /// The answer at once.
  case direct
  /// A chain of reasoning in plain text, then the answer.
  case chainOfThought = "chain-of-thought"
}
