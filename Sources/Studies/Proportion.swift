internal import NumericalMethods

/// A share of counted cases, with the Wilson score interval for the chance behind it.
public struct Proportion: Hashable, Sendable {
  public let successes: Int
  public let trials: Int

  /// Nil where nothing was counted.
  public init?(successes: Int, trials: Int) {
    guard trials > 0 else { return nil }
    precondition((0...trials).contains(successes), "\(successes) of \(trials)")
    self.successes = successes
    self.trials = trials
  }

  public var mean: Double { Double(successes) / Double(trials) }

  /// The Wilson score interval (E. B. Wilson, JASA 22, 1927), which stays within 0…1 and keeps
  /// its coverage near the ends:
  /// `(p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)`.
  public func interval(level: Double = ConfidenceLevel.standard) -> ClosedRange<Double> {
    let z = StandardNormal.quantile((1 + level) / 2)
    let n = Double(trials)
    let p = mean
    let scale = 1 + z * z / n
    let centre = (p + z * z / (2 * n)) / scale
    let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / scale
    let low = successes == 0 ? 0 : max(0, centre - half)
    let high = successes == trials ? 1 : min(1, centre + half)
    return low...high
  }
}

/// The level of every interval that the program prints (`ci95`).
public enum ConfidenceLevel {
  public static let standard = 0.95
}
