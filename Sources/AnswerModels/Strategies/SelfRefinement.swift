/// Several turns, each of which reads the conversation so far and answers again.
///
/// In each turn after the first the model keeps its answer with a stated probability; else it
/// answers as if it had not seen it.
public struct SelfRefinement: Hashable, Sendable {
  public static let name = "self-refinement"
  public static let allowedTurns = 1...32

  public let turns: Int
  /// Probability that a turn keeps the answer of the one before it.
  public let keep: Double
  /// Tokens of the request to look again.
  public let requestTokens: Int
  public let mode: ReasoningMode

  static let parameters = ["turns", "keep", "request", "mode"]
  static let example = "\(name):turns=3,keep=0.75"

  init(_ parameters: StrategyParameters) throws(StrategyError) {
    turns = try parameters.required("turns", try parameters.int("turns", in: Self.allowedTurns))
    keep = try parameters.required("keep", try parameters.double("keep", in: 0...1))
    requestTokens = try parameters.int("request", in: 1...100_000) ?? 32
    mode = try parameters.choice("mode", of: ReasoningMode.self) ?? .chainOfThought
  }

  var text: String {
    var parts = ["turns=\(turns)", "keep=\(keep)"]
    if requestTokens != 32 { parts.append("request=\(requestTokens)") }
    if mode != .chainOfThought { parts.append("mode=\(mode.rawValue)") }
    return "\(Self.name):\(parts.joined(separator: ","))"
  }
}
