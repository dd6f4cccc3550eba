internal import NumericalMethods
internal import Quantities

/// Counts of what happens while the run goes on; those of the window only while it is open.
struct RunTally {
  /// Whether the measurement window is open.
  var isOpen = false

  var iterations = 0
  var preemptions = 0
  var evictions = 0
  var cutSamples = 0
  var arrived = 0

  private(set) var tokens = TokenCounts()
  private(set) var interTokenLatency = QuantileSketch(
    partsPerWhole: SimDuration.ticksPerNanosecond)
  private(set) var decodeRowSum = 0
  private(set) var decodeIterations = 0
  /// Of the interval of the time series in progress.
  private(set) var intervalOutputTokens = 0
  private(set) var intervalPromptTokens = 0
  var intervalArrivals = 0
  var intervalCompletions = 0

  /// Output tokens of the interval of the time series in progress.
  mutating func putOutInInterval(tokens count: Int) { intervalOutputTokens += count }

  /// Counted for the window: every one of `rows` rows put out a token in each of `count`
  /// iterations, of which the first is number `start` of the progression of their durations.
  mutating func decoded(
    rows: Int, iterations count: Int, from start: Int, _ ticks: TickProgression
  ) {
    guard isOpen else { return }
    tokens.output += rows * count
    decodeRowSum += rows * count
    decodeIterations += count
    interTokenLatency.recordProgression(
      first: ticks.value(start), step: ticks.step, count: count,
      times: rows)
  }

  /// A preempted sample put out the token that follows its last one, `gap` later.
  mutating func resumed(after gap: SimDuration) {
    intervalOutputTokens += 1
    guard isOpen else { return }
    tokens.output += 1
    // A queue may be long: this gap alone may be more than a progression of 64 bits holds.
    interTokenLatency.record(parts: gap.ticks)
  }

  /// First tokens of samples.
  mutating func putOutFirst(tokens count: Int) {
    intervalOutputTokens += count
    if isOpen { tokens.output += count }
  }

  mutating func computedPrompt(tokens count: Int) {
    intervalPromptTokens += count
    if isOpen { tokens.prompt += count }
  }

  mutating func recomputed(_ count: Int) {
    if isOpen { tokens.recomputed += count }
  }

  mutating func countEnded(reasoning: Int, cachedPrompt: Int) {
    guard isOpen else { return }
    tokens.reasoning += reasoning
    tokens.cachedPrompt += cachedPrompt
  }

  mutating func startInterval() {
    intervalOutputTokens = 0
    intervalPromptTokens = 0
    intervalArrivals = 0
    intervalCompletions = 0
  }
}
