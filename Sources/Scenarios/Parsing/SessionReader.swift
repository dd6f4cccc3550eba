internal import Quantities

/// Reads what `arrivals` of `process: sessions` say of the sessions.
enum SessionReader {
  private enum Defaults {
    /// vLLM's block of the KV cache.
    static let prefixBlockTokens = 16
  }

  private static let mostTurns = 100_000

  static func read(_ yaml: YAMLMapping, rate: Double) throws -> SessionSpecification {
    let system = try yaml.optional("system_prompt").map(systemPrompt)
    return SessionSpecification(
      rate: rate,
      turns: try LengthReader.read(yaml["turns"], unit: "turns", most: mostTurns),
      thinkTime: try DurationReader.read(yaml["think_time"]),
      systemPrompt: system?.tokens, groupCount: system?.groups ?? 1,
      prefixBlockTokens: try yaml.optional("prefix_block")?.int(in: 1...65_536)
        ?? Defaults.prefixBlockTokens,
      contextLimit: try yaml.optional("max_context")?.int(in: 2...LengthReader.most),
      duration: nil, sessionCount: nil, dailyProfile: nil, tasks: [])
  }

  /// Tokens, or `{tokens: 1200, groups: 8}`.
  private static func systemPrompt(
    _ value: YAMLValue
  ) throws -> (tokens: LengthSpecification, groups: Int) {
    guard value.isMapping else { return (try LengthReader.read(value), 1) }
    return try value.mapping { yaml in
      (
        try LengthReader.read(yaml["tokens"]),
        try yaml.optional("groups")?.int(in: 1...1_000_000) ?? 1
      )
    }
  }
}
