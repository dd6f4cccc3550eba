internal import NumericalMethods
internal import Quantities

/// Counts of what happens while the run goes on; those of the window only while it is open.
struct RunTally {
  /// Whether the measurement window is open.
  var isOpen = false

  var iterations = 0
  var preemptions = 0
  var arrived = 0
  var ended = 0

  private(set) var tokens = TokenCounts()
  private(set) var interTokenLatency = QuantileSketch()
  private(set) var decodeRowSum = 0
  private(set) var decodeIterations = 0
  /// Of the interval of the time series in progress.
  private(set) var intervalOutputTokens = 0
  private(set) var intervalPromptTokens = 0
  var intervalArrivals = 0
  var intervalCompletions = 0

  /// Tokens put out by rows whose previous token came `gap` before.
  mutating func putOut(tokens count: Int, after gap: SimDuration) {
    intervalOutputTokens += count
    guard isOpen else { return }
    tokens.output += count
    interTokenLatency.record(gap.nanoseconds, times: count)
  }

  /// First tokens of samples.
  mutating func putOutFirst(tokens count: Int) {
    intervalOutputTokens += count
    if isOpen { tokens.output += count }
  }

  mutating func decoded(rows: Int) {
    guard isOpen else { return }
    decodeRowSum += rows
    decodeIterations += 1
  }

  mutating func computedPrompt(tokens count: Int) {
    intervalPromptTokens += count
    if isOpen { tokens.prompt += count }
  }

  mutating func recomputed(_ count: Int) {
    if isOpen { tokens.recomputed += count }
  }

  mutating func reasoned(tokens count: Int) {
    if isOpen { tokens.reasoning += count }
  }

  mutating func startInterval() {
    intervalOutputTokens = 0
    intervalPromptTokens = 0
    intervalArrivals = 0
    intervalCompletions = 0
  }
}
