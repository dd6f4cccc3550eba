/// How one sample is produced: what the prompt asks for, or what the model was trained to do.
public enum ReasoningMode: String, Hashable, CaseIterable, Sendable {
  /// The answer at once.
  case direct
  /// A short chain of reasoning in plain text, then the answer.
  case chainOfThought = "chain-of-thought"
  /// A reasoning model thinks to its natural end, then answers.
  case reasoning
}
