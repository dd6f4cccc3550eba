internal import Foundation
internal import NumericalMethods
public import Workloads

/// A trace's figures for people.
public struct TraceText {
  private let description: TraceDescription

  public init(_ description: TraceDescription) { self.description = description }

  /// Lines, the last one ended.
  public var text: String {
    var lines = [
      "requests          \(description.queryCount)",
      "span              \(fixed(description.spanSeconds, 3)) s",
      "rate              \(description.rate.map { fixed($0, 3) } ?? "-") requests/s",
      "gaps, CV          \(description.gapCoefficientOfVariation.map { fixed($0, 2) } ?? "-")"
        + " (1 is Poisson)",
    ]
    for burst in description.bursts {
      let label = "peak in \(Int(burst.windowSeconds)) s"
      let ratio = burst.peakToMean.map { fixed($0, 1) } ?? "-"
      lines.append(
        label.padding(toLength: 18, withPad: " ", startingAt: 0)
          + "\(burst.peakCount) requests, \(ratio) times the mean")
    }
    lines.append("")
    let header = ["tokens", "sum", "mean", "p50", "p90", "p99", "max"]
    let rows = [
      row("prompt", description.promptTokens), row("output", description.outputTokens),
    ]
    lines += TextTable(rows: [header] + rows).lines()
    return lines.joined(separator: "\n") + "\n"
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
