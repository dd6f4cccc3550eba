/// A first try, and a larger model's answer in its place where a signal says that it is in doubt.
public struct Cascade: Hashable, Sendable {
  /// What tells whether the first answer stands.
  public enum Gate: String, CaseIterable, Sendable {
    /// The share of the first try's votes that its answer has.
    case agreement
    /// A noisy score of the answer, of a stated area under the ROC curve.
    case score
  }

  public static let name = "cascade"

  public let sampleCount: Int
  public let mode: ReasoningMode
  public let gate: Gate
  /// The answer stands from this agreement or score on.
  public let threshold: Double
  /// Area under the ROC curve of the score.
  public let areaUnderCurve: Double
  public let nextModel: String
  public let nextMode: ReasoningMode
  public let nextSampleCount: Int

  static let parameters = [
    "then", "k", "mode", "gate", "at", "auc", "then-k", "then-mode",
  ]
  static let example = "\(name):then=qwen2.5-32b,k=3"

  init(_ parameters: StrategyParameters) throws(StrategyError) {
    nextModel = try parameters.required("then", try parameters.word("then"))
    sampleCount = try parameters.int("k", in: MajorityVote.allowedSampleCounts) ?? 1
    mode = try parameters.choice("mode", of: ReasoningMode.self) ?? .chainOfThought
    gate =
      try parameters.choice("gate", of: Gate.self) ?? (sampleCount > 1 ? .agreement : .score)
    nextSampleCount = try parameters.int("then-k", in: MajorityVote.allowedSampleCounts) ?? 1
    nextMode = try parameters.choice("then-mode", of: ReasoningMode.self) ?? .chainOfThought
    let threshold = try parameters.double("at", in: 0...1)
    switch gate {
    case .agreement:
      self.threshold = threshold ?? 1
      areaUnderCurve = 0.5
    case .score:
      self.threshold = threshold ?? 0.5
      areaUnderCurve = try parameters.required(
        "auc", try parameters.double("auc", in: StrategyParameters.areas))
    }
  }

  var text: String {
    var parts = ["then=\(nextModel)"]
    if sampleCount != 1 { parts.append("k=\(sampleCount)") }
    if mode != .chainOfThought { parts.append("mode=\(mode.rawValue)") }
    parts.append("gate=\(gate.rawValue),at=\(threshold)")
    if gate == .score { parts.append("auc=\(areaUnderCurve)") }
    if nextSampleCount != 1 { parts.append("then-k=\(nextSampleCount)") }
    if nextMode != .chainOfThought { parts.append("then-mode=\(nextMode.rawValue)") }
    return "\(Self.name):\(parts.joined(separator: ","))"
  }
}
