import Foundation

/// The lines of the table that the benchmark prints.
enum ResultTable {
  static let header = """
                                               fleet engine, per CPU second                            \
    reference engine
    case                                       requests    tokens  iterations    busy      MiB   iter/req  \
    requests  iterations  faster  agrees  checksum
    """

  static func line(
    _ item: BenchmarkCase, _ engine: Measurement, _ reference: Measurement?
  ) -> String {
    var fields = [
      item.title.padding(toLength: 41, withPad: " ", startingAt: 0),
      count(engine.requestsPerSecond, 10), count(engine.tokensPerSecond, 10),
      count(engine.iterationsPerSecond, 12), decimal(engine.busyShare * 100, 6) + " %",
      count(engine.peakMebibytes, 8),
      decimal(Double(engine.iterations) / Double(engine.requests), 10),
    ]
    if let reference {
      fields += [
        count(reference.requestsPerSecond, 10), count(reference.iterationsPerSecond, 12),
        count(engine.iterationsPerSecond / reference.iterationsPerSecond, 7),
        text(reference.agrees == true ? "yes" : "NO", 7),
      ]
    } else {
      fields += [text("–", 10), text("–", 12), text("–", 7), text("–", 7)]
    }
    let checksum = String(engine.checksum, radix: 16)
    return (fields + [" " + text(checksum, 16, pad: "0")]).joined()
  }

  /// What the table has no column for.
  static func notes(_ engine: Measurement) -> String {
    var notes = [
      "\(engine.requests) requests", "\(Int(engine.simulatedSeconds)) s simulated",
      String(
        format: "%.1f s of processor, %.1f s passed", engine.processorSeconds, engine.wallSeconds),
    ]
    if engine.preemptions > 0 { notes.append("\(engine.preemptions) preemptions") }
    if engine.cachedTokens > 0 { notes.append("\(engine.cachedTokens) prompt tokens cached") }
    return "  " + notes.joined(separator: ", ")
  }

  private static func count(_ value: Double, _ width: Int) -> String {
    text(String(Int(value.rounded())), width)
  }

  private static func decimal(_ value: Double, _ width: Int) -> String {
    text(String(format: "%.1f", value), width)
  }

  private static func text(_ text: String, _ width: Int, pad: String = " ") -> String {
    String(repeating: pad, count: max(0, width - text.count)) + text
  }
}
