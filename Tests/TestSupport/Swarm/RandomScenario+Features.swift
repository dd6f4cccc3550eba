extension RandomScenario {
  /// What a scenario may do; drawn once per scenario.
  struct Features {
    enum Arrivals { case open, capped, closedLoop }

    var smallCaches: Bool
    var smallBudgets: Bool
    var votes: Bool
    var shortOutputs: Bool
    /// Few requests with outputs of hundreds of tokens: batches that do not change for long.
    var longOutputs: Bool
    var longPrompts: Bool
    var simultaneousArrivals: Bool
    var refusals: Bool
    var reasoning: Bool
    var crowded: Bool
    /// Round times, so that arrivals and ends of several replicas fall on one instant.
    var evenCosts: Bool
    /// Times and energies that step where one segment of decode costs ends and the next begins.
    var knots: Bool
    var prefixCaching: Bool
    var wholePrompts: Bool
    var watermark: Bool
    var waitingLimit: Bool
    var givingUp: Bool
    var sessions: Bool
    var arrivals: Arrivals
    var window: Bool
    var objective: Bool
    /// Ticks in a unit of the scenario's times.
    var ticksPerUnit: Int128
    /// Quanta in a unit of the scenario's energies.
    var quantaPerUnit: Int128

    init(using random: inout SplitMix64) {
      smallCaches = !random.oneIn(5)
      smallBudgets = !random.oneIn(3)
      votes = random.oneIn(2)
      shortOutputs = random.oneIn(5)
      longOutputs = !shortOutputs && random.oneIn(3)
      longPrompts = random.oneIn(2)
      simultaneousArrivals = !random.oneIn(3)
      refusals = random.oneIn(5)
      reasoning = random.oneIn(2)
      crowded = !random.oneIn(4)
      evenCosts = random.oneIn(3)
      knots = random.oneIn(2)
      prefixCaching = !random.oneIn(3)
      wholePrompts = random.oneIn(5)
      watermark = random.oneIn(3)
      waitingLimit = random.oneIn(5)
      givingUp = random.oneIn(2)
      sessions = random.oneIn(2)
      arrivals = [.open, .open, .capped, .closedLoop][Int.random(in: 0..<4, using: &random)]
      window = !random.oneIn(3)
      objective = random.oneIn(2)
      ticksPerUnit = [1, 1_024_000, 345_678_901][Int.random(in: 0..<3, using: &random)]
      quantaPerUnit = [1, 1_000_003, 1_000_000_000_000_037][Int.random(in: 0..<3, using: &random)]
    }

    /// Most output tokens of a sample.
    var longestOutput: Int { shortOutputs ? 4 : longOutputs ? 250 : 40 }
    var longestPrompt: Int { longPrompts ? 110 : 30 }
  }
}
