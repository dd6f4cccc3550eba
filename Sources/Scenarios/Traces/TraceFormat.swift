/// A format of request traces.
public enum TraceFormat: String, CaseIterable, Sendable {
  /// Our own CSV, whose header names fields and units.
  case csv
  /// The CSV of the Azure LLM inference traces of 2023; times without a zone.
  case azure2023 = "azure-2023"
  /// The same of 2024; times with a zone.
  case azure2024 = "azure-2024"
  /// JSON Lines with block hashes.
  case mooncake
  case burstGPT = "burstgpt"
  /// Recorded sessions of coding agents (kv-cache-tester): a JSON file each, or a folder of them.
  case agentic
  /// A folder of ServeGen's clients: processes and histograms to draw requests from.
  case servegen
  /// Any CSV, its columns named by a map.
  case mapped

  /// What the format is told by, for people.
  public var summary: String {
    switch self {
    case .csv: "CSV with a column prompt_tokens, as trace convert writes it"
    case .azure2023, .azure2024: "CSV with TIMESTAMP,ContextTokens,GeneratedTokens"
    case .mooncake: "JSON Lines with timestamp, input_length, output_length, hash_ids"
    case .burstGPT: "CSV with Timestamp, Request tokens, Response tokens"
    case .agentic: "JSON sessions with block_size and requests, or a folder of them"
    case .servegen: "a folder of chunk-N-trace.csv and chunk-N-dataset.json"
    case .mapped: "any CSV, by a map of its columns"
    }
  }
}
