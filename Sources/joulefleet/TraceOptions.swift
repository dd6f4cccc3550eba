import ArgumentParser
import Scenarios

/// What is taken of a trace and how it is changed: the keys of a scenario's `trace`, as options.
struct TraceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Format: \(TraceFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
      discussion: "Found by the content where it is not named.", valueName: "name"))
  var format: String?

  @Option(
    help: ArgumentHelp(
      "Columns of any CSV: arrival=COLUMN:UNIT,prompt=COLUMN,output=COLUMN,…",
      discussion: """
        Units ns, us, ms, s, min, h or timestamp. Further keys: think, session, turn, priority, \
        task, difficulty, timeout, patience, prefix_block_tokens, prefix_block_ids.
        """, valueName: "columns"))
  var map: String?

  @Option(help: ArgumentHelp("Calendar time that arrivals count from.", valueName: "time"))
  var origin: String?

  @Option(help: ArgumentHelp("Drop what arrives earlier, as \"10 min\".", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("Read no further than this time.", valueName: "time"))
  var until: String?

  @Option(help: ArgumentHelp("Keep this share, sessions whole.", valueName: "share"))
  var thin: String?

  @Option(help: ArgumentHelp("Let arrivals come so many times faster.", valueName: "factor"))
  var speedup: String?

  @Option(help: ArgumentHelp("Most requests.", valueName: "count"))
  var limit: String?

  @Option(
    help: ArgumentHelp(
      "Spread rows over the ticks of a coarse clock: auto, or a tick as \"3 s\".",
      valueName: "tick"))
  var spread: String?

  @Option(help: ArgumentHelp("Rows without tokens: drop (default) or one.", valueName: "rule"))
  var zeroTokens: String?

  @Option(help: ArgumentHelp("Rows out of order: error (default) or sort.", valueName: "rule"))
  var outOfOrder: String?

  @Option(help: ArgumentHelp("Rows that sorting holds (65536).", valueName: "rows"))
  var sortBuffer: String?

  @Option(help: ArgumentHelp("Cut longer prompts to this.", valueName: "tokens"))
  var maxPromptTokens: String?

  @Option(help: ArgumentHelp("Cut longer outputs to this.", valueName: "tokens"))
  var maxOutputTokens: String?

  @Option(
    help: ArgumentHelp(
      "Poisson rate at which sessions (or rows) of a trace without arrivals start.",
      valueName: "rate"))
  var sessionsPerSecond: String?

  @Option(help: ArgumentHelp("Factor on the rates of ServeGen's clients.", valueName: "factor"))
  var rateScale: String?

  /// The options that were given, by their key in a scenario.
  private var given: [(key: String, text: String)] {
    let all: [(String, String?)] = [
      ("format", format), ("map", map), ("origin", origin), ("from", from), ("until", until),
      ("thin", thin), ("speedup", speedup), ("limit", limit), ("spread", spread),
      ("zero_tokens", zeroTokens), ("out_of_order", outOfOrder), ("sort_buffer", sortBuffer),
      ("max_prompt_tokens", maxPromptTokens), ("max_output_tokens", maxOutputTokens),
      ("sessions_per_second", sessionsPerSecond), ("rate_scale", rateScale),
    ]
    return all.compactMap { key, text in text.map { (key, $0) } }
  }

  var isEmpty: Bool { given.isEmpty }

  /// The trace at `path` with these options. Throws an `InputError` for the first that is wrong.
  func input(path: String) throws -> TraceInput {
    try TraceInput(TraceSpecification.read(path: path, options: given))
  }
}
