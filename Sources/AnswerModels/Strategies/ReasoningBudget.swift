/// A chain of reasoning of at most so many tokens.
///
/// Cut hard, a chain that would be longer ends at the budget and the model answers with what it
/// has. Where the prompt asks for it, a share of the queries obeys; the others run on, and longer
/// than without the request by a factor.
public struct ReasoningBudget: Hashable, Sendable {
  public static let name = "reasoning-budget"
  public static let allowedTokens = 1...1_000_000

  public let tokens: Int
  /// Share of the queries that keep to the budget; 1 where it is cut hard.
  public let obedience: Double
  /// Length of the chains that do not, over what they would have been.
  public let excess: Double
  public let mode: ReasoningMode

  static let parameters = ["tokens", "obeyed", "excess", "mode"]
  static let example = "\(name):tokens=1024"

  init(_ parameters: StrategyParameters) throws(StrategyError) {
    tokens = try parameters.required(
      "tokens", try parameters.int("tokens", in: Self.allowedTokens))
    obedience = try parameters.double("obeyed", in: 0...1) ?? 1
    excess = try parameters.double("excess", in: 0.1...10) ?? 1
    mode = try parameters.choice("mode", of: ReasoningMode.self) ?? .reasoning
  }

  var text: String {
    var parts = ["tokens=\(tokens)"]
    if obedience != 1 { parts.append("obeyed=\(obedience)") }
    if excess != 1 { parts.append("excess=\(excess)") }
    if mode != .reasoning { parts.append("mode=\(mode.rawValue)") }
    return "\(Self.name):\(parts.joined(separator: ","))"
  }

  /// What becomes of a chain that would have `chain` tokens, by the query's luck, uniform on
  /// (0, 1): tokens put out, and tokens that are missing.
  func cut(_ chain: Int, luck: Double) -> (tokens: Int, missing: Int) {
    if luck < obedience { return (min(chain, tokens), max(0, chain - tokens)) }
    return (Int((Double(chain) * excess).rounded()), 0)
  }
}
