/// A chain of reasoning about which a depth controller is asked every so many tokens.
public struct ControlledReasoning: Hashable, Sendable {
  /// By what the controller stops.
  public enum Rule: String, CaseIterable, Sendable {
    /// What going on is expected to gain is worth less than the joules that it takes, at the
    /// replica's present operating point.
    case price
    /// The signal says that the answer is right.
    case confidence
    /// The chain has come to the knee of accuracy over tokens.
    case knee
  }

  public static let name = "controlled-reasoning"
  public static let allowedSteps = 64...1_000_000

  /// Tokens between two questions.
  public let every: Int
  /// Area under the ROC curve of the confidence signal.
  public let areaUnderCurve: Double
  public let rule: Rule
  /// `price`: joules that a right answer is worth.
  public let worth: Double
  /// `confidence`: from which on the chain stops.
  public let threshold: Double
  public let mode: ReasoningMode

  static let parameters = ["every", "auc", "rule", "worth", "at", "mode"]
  static let example = "\(name):auc=0.8,worth=5000"

  init(_ parameters: StrategyParameters) throws(StrategyError) {
    every = try parameters.int("every", in: Self.allowedSteps) ?? 256
    areaUnderCurve = try parameters.required(
      "auc", try parameters.double("auc", in: StrategyParameters.areas))
    rule = try parameters.choice("rule", of: Rule.self) ?? .price
    mode = try parameters.choice("mode", of: ReasoningMode.self) ?? .reasoning
    let worth = try parameters.double("worth", in: 1e-6...1e12)
    self.worth = rule == .price ? try parameters.required("worth", worth) : worth ?? 1
    let threshold = try parameters.double("at", in: 0...1)
    self.threshold =
      rule == .confidence ? try parameters.required("at", threshold) : threshold ?? 1
  }

  var text: String {
    var parts = ["every=\(every)", "auc=\(areaUnderCurve)", "rule=\(rule.rawValue)"]
    if rule == .price { parts.append("worth=\(worth)") }
    if rule == .confidence { parts.append("at=\(threshold)") }
    if mode != .reasoning { parts.append("mode=\(mode.rawValue)") }
    return "\(Self.name):\(parts.joined(separator: ","))"
  }
}
