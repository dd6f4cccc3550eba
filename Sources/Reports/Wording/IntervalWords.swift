internal import Studies

/// What the intervals of a comparison are of, in a few words.
enum IntervalWords {
  /// "95 % intervals that span those over seeds, questions and calibration", of those that any
  /// difference has.
  static func text(_ comparison: PolicyComparison) -> String {
    let tried = Set(comparison.paired.flatMap(\.estimate.sources))
    let names = UncertaintySource.allCases.filter { tried.contains($0) }.map { source in
      switch source {
      case .replications: "seeds"
      case .questions: "questions"
      case .calibration: "calibration"
      }
    }
    switch names.count {
    case 0: return "no intervals"
    case 1: return "95 % intervals over \(names[0])"
    default: return "95 % intervals that span those over \(Listing.text(names))"
    }
  }
}
