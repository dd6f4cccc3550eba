internal import Studies

/// A paired difference in plain words.
enum PairedSentence {
  /// "spends 412 J more per request (+38 %), 95 % interval 399 to 425 J", said of policy `a`.
  static func text(for pair: PairedDifference) -> String {
    let words = pair.metric.words
    let value = pair.estimate.value
    guard let interval = pair.estimate.interval else {
      return "\(words.claim(value)); too few queries for an interval"
    }
    if interval == 0...0 { return "the same \(words.subject)" }
    let range =
      "\(NumberText.signed(interval.lowerBound)) to "
      + "\(NumberText.signed(interval.upperBound)) \(words.unit)"
    if interval.contains(0) {
      return "no clear difference in \(words.subject) (95 % interval \(range))"
    }
    return "\(words.claim(value))\(relative(pair)), 95 % interval \(range)"
  }

  private static func relative(_ pair: PairedDifference) -> String {
    guard pair.metric != .accuracyPoints, pair.reference > 0 else { return "" }
    let share = pair.estimate.value / pair.reference
    // "+942 %" is harder to grasp than "×10.4".
    if share >= 2 { return " (×\(NumberText.figure(1 + share)))" }
    return " (\(NumberText.signed(100 * share)) %)"
  }
}

/// How a metric is spoken of.
struct MetricWords {
  var subject: String
  var unit: String
  /// What is said of a policy whose difference has this value.
  var claim: (Double) -> String
}

extension PairedMetric {
  var words: MetricWords {
    func amount(_ value: Double) -> String { NumberText.figure(abs(value)) }
    return switch self {
    case .attributedEnergyPerRequest:
      MetricWords(subject: "energy per request", unit: "J") {
        "spends \(amount($0)) J \($0 > 0 ? "more" : "less") per request"
      }
    case .accuracyPoints:
      MetricWords(subject: "accuracy", unit: "points") {
        "is right \(amount($0)) points \($0 > 0 ? "more" : "less") often"
      }
    case .attributedEnergyPerCorrect:
      MetricWords(subject: "energy per right answer", unit: "J") {
        "spends \(amount($0)) J \($0 > 0 ? "more" : "less") per right answer"
      }
    case .endToEndLatency:
      MetricWords(subject: "end-to-end latency", unit: "ms") {
        "ends \(amount($0)) ms \($0 > 0 ? "later" : "sooner")"
      }
    case .timeToFirstToken:
      MetricWords(subject: "time to first token", unit: "ms") {
        "gives its first token \(amount($0)) ms \($0 > 0 ? "later" : "sooner")"
      }
    }
  }
}
