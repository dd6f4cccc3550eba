internal import Scenarios
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
      return "no clear difference in \(words.subject) (95 % interval \(range)"
        + "\(undecided(pair.estimate)))"
    }
    guard pair.isClear else {
      return "no clear difference in \(words.subject): the 95 % interval \(range) does not hold "
        + "zero, but so many comparisons find one such by chance"
    }
    return "\(words.claim(value))\(relative(pair)), 95 % interval \(range)"
  }

  /// Which sources leave the sign open, where another does not.
  private static func undecided(_ estimate: SourcedEstimate) -> String {
    let open = estimate.undecided
    guard open.count < estimate.sources.count else { return "" }
    return ", open under other " + Listing.text(open.map(\.words))
  }

  private static func relative(_ pair: PairedDifference) -> String {
    guard pair.metric != .accuracyPoints, pair.reference > 0 else { return "" }
    let share = pair.estimate.value / pair.reference
    // "+942 %" is harder to grasp than "×10.4".
    if share >= 2 { return " (×\(NumberText.figure(1 + share)))" }
    return " (\(NumberText.signed(100 * share)) %)"
  }
}

/// "a, b and c".
enum Listing {
  static func text(_ parts: [String], _ conjunction: String = "and") -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.joined() }
    return parts.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }
}

extension UncertaintySource {
  /// What is other than it was: "other traffic".
  var words: String {
    switch self {
    case .replications: "traffic and luck"
    case .questions: "questions"
    case .calibration: "constants within their errors"
    }
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
    switch self {
    case .energyPerRequest: Self.spending("energy per request", "per request")
    case .energyPerCorrect: Self.spending("energy per right answer", "per right answer")
    case .attributedEnergyPerRequest:
      Self.spending("attributed energy per request", "of its own account per request")
    case .attributedEnergyPerCorrect:
      Self.spending("attributed energy per right answer", "of its own account per right answer")
    case .accuracyPoints:
      MetricWords(subject: "accuracy", unit: "points") {
        "is right \(Self.amount($0)) points \($0 > 0 ? "more" : "less") often"
      }
    case .goodputPerKilojoule:
      MetricWords(subject: "goodput per energy", unit: "requests per kJ") {
        "serves \(Self.amount($0)) \($0 > 0 ? "more" : "fewer") requests in time per kJ"
      }
    case .endToEndLatency: Self.delay("end-to-end latency", "ends", "in the mean")
    case .endToEndMedian: Self.delay("median end-to-end latency", "ends", "at the median")
    case .endToEndTail: Self.delay("p99 end-to-end latency", "ends", "at p99")
    case .timeToFirstToken:
      Self.delay("time to first token", "gives its first token", "in the mean")
    case .timeToFirstTokenMedian:
      Self.delay("median time to first token", "gives its first token", "at the median")
    case .timeToFirstTokenTail:
      Self.delay("p99 time to first token", "gives its first token", "at p99")
    case .timePerOutputTokenMedian:
      Self.pace("median time per output token", "at the median")
    case .timePerOutputTokenTail: Self.pace("p99 time per output token", "at p99")
    }
  }

  private static func amount(_ value: Double) -> String { NumberText.figure(abs(value)) }

  private static func spending(_ subject: String, _ base: String) -> MetricWords {
    MetricWords(subject: subject, unit: "J") {
      "spends \(amount($0)) J \($0 > 0 ? "more" : "less") \(base)"
    }
  }

  private static func delay(_ subject: String, _ verb: String, _ place: String) -> MetricWords {
    MetricWords(subject: subject, unit: "ms") {
      "\(verb) \(amount($0)) ms \($0 > 0 ? "later" : "sooner") \(place)"
    }
  }

  private static func pace(_ subject: String, _ place: String) -> MetricWords {
    MetricWords(subject: subject, unit: "ms") {
      "takes \(amount($0)) ms \($0 > 0 ? "more" : "less") per token \(place)"
    }
  }

  /// What stands in a report's lists; the others are in summary.json.
  static let told: [PairedMetric] = [
    .energyPerRequest, .accuracyPoints, .energyPerCorrect, .goodputPerKilojoule,
    .endToEndLatency, .endToEndTail, .timeToFirstTokenTail, .timePerOutputTokenTail,
  ]
}
