internal import Foundation
internal import NumericalMethods
internal import Quantities
internal import Scenarios
public import Workloads

/// A trace's figures for people.
public struct TraceText {
  private let description: TraceDescription
  private let format: String?
  private let tally: TraceTally?

  /// `format` says which it is and whether it was found.
  public init(_ description: TraceDescription, format: String? = nil, tally: TraceTally? = nil) {
    self.description = description
    self.format = format
    self.tally = tally
  }

  /// Lines, the last one ended.
  public var text: String {
    var lines: [String] = []
    func line(_ label: String, _ value: String) {
      lines.append(label.padding(toLength: 18, withPad: " ", startingAt: 0) + value)
    }
    if let format { line("format", format) }
    line("requests", "\(description.queryCount)")
    line("span", "\(fixed(description.spanSeconds, 3)) s")
    line("rate", "\(description.rate.map { fixed($0, 3) } ?? "-") \(arriving)/s")
    line(
      "gaps, CV",
      "\(description.gapCoefficientOfVariation.map { fixed($0, 2) } ?? "-") (1 is Poisson)")
    for burst in description.bursts {
      let ratio = burst.peakToMean.map { fixed($0, 1) } ?? "-"
      line(
        "peak in \(Int(burst.windowSeconds)) s",
        "\(burst.peakCount) \(arriving), \(ratio) times the mean")
    }
    if let clock { line("clock", clock) }
    sessionLines.forEach { line($0, $1) }
    prefixLines.forEach { line($0, $1) }
    lines.append("")
    let header = ["tokens", "sum", "mean", "p50", "p90", "p99", "max"]
    let rows = [
      row("prompt", description.promptTokens), row("output", description.outputTokens),
    ]
    lines += TextTable(rows: [header] + rows).lines()
    if let tally, !tally.sentences.isEmpty { lines += [""] + tally.sentences }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What comes by itself: sessions, where their later turns wait for their answers.
  private var arriving: String {
    description.sessions.thinkMilliseconds.count > 0 ? "sessions" : "requests"
  }

  private var clock: String? {
    guard let tick = description.clock.tick, tally?.spread ?? 0 == 0 else { return nil }
    let perTick = Double(description.queryCount) / (description.spanSeconds / tick.seconds + 1)
    return "ticks of \(fixed(tick.seconds, 2)) s with \(fixed(perTick, 2)) requests each on "
      + "average; spread: auto spreads them"
  }

  private var sessionLines: [(String, String)] {
    let sessions = description.sessions
    guard sessions.count > 0 else { return [] }
    let mean = Double(sessions.queryCount) / Double(sessions.count)
    var lines = [("sessions", "\(sessions.count), \(fixed(mean, 1)) requests each on average")]
    let think = sessions.thinkMilliseconds
    if let mean = think.mean, let median = think.quantile(0.5), let last = think.quantile(0.99) {
      lines[0].1 += ", at most \(sessions.longest)"
      lines.append(
        (
          "think time",
          "mean \(fixed(mean / 1000, 1)) s, p50 \(fixed(median / 1000, 1)) s, "
            + "p99 \(fixed(last / 1000, 1)) s"
        ))
    }
    return lines
  }

  private var prefixLines: [(String, String)] {
    let prefixes = description.prefixes
    guard prefixes.blockCount > 0 else { return [] }
    let hit = 100 * Double(prefixes.hitCount) / Double(prefixes.blockCount)
    let tokens = 100 * Double(prefixes.hitTokens) / Double(description.promptTokens.total)
    return [
      (
        "prefix blocks",
        "\(prefixes.blockCount) of \(prefixes.blockTokens) tokens, "
          + "\(prefixes.uniqueCount) different"
      ),
      (
        "infinite cache",
        "finds \(fixed(hit, 1)) % of the blocks, \(fixed(tokens, 1)) % of the prompt tokens"
      ),
    ]
  }

  private func row(_ name: String, _ sketch: QuantileSketch) -> [String] {
    guard let mean = sketch.mean else { return [name, "-", "-", "-", "-", "-", "-"] }
    let quantiles = [0.5, 0.9, 0.99].map { sketch.quantile($0).map { fixed($0, 0) } ?? "-" }
    return [name, "\(sketch.total)", fixed(mean, 1)] + quantiles + ["\(sketch.maximum)"]
  }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
