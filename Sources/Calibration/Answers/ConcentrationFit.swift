internal import NumericalMethods

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// The concentration κ of a beta law of chances of success, from counts of right samples, by
/// maximum likelihood of the beta-binomial law at the observed accuracy.
enum ConcentrationFit {
  /// ln κ between these; outside, chances are all alike or all 0 and 1 to any sample.
  private static let range = -3.0...3.0
  /// Golden-section steps: each takes the range to 0.62 of its width.
  private static let steps = 40

  /// The most likely κ of one model, or of several that share it, with the standard error of ln κ.
  ///
  /// `pull` draws ln κ to a center with a standard deviation.
  static func fit(
    _ models: [[AnswerCell]], pull: (center: Double, width: Double)? = nil
  ) -> (value: Double, logError: Double) {
    let rows = models.map { cells in
      (cells, min(max(cells.reduce(0) { $0 + $1.shareRight } / Double(cells.count), 0.005), 0.995))
    }
    func loss(_ logValue: Double) -> Double {
      var sum = rows.reduce(0) { $0 - logLikelihood($1.0, accuracy: $1.1, exp(logValue)) }
      if let pull {
        let distance = (logValue - pull.center) / pull.width
        sum += distance * distance / 2
      }
      return sum
    }
    let best = minimum(of: loss)
    let h = 0.05
    let curvature = (loss(best + h) - 2 * loss(best) + loss(best - h)) / (h * h)
    return (exp(best), curvature > 0 ? 1 / curvature.squareRoot() : .infinity)
  }

  /// P(one of k samples is right) beyond the accuracy: 1 - E[(1-p)^k] - E[p].
  static func coverageGain(accuracy: Double, concentration: Double, samples k: Int) -> Double {
    let b = concentration * (1 - accuracy)
    // E[(1-p)^k] = Γ(b+k)Γ(κ) / (Γ(b)Γ(κ+k)).
    let logMiss =
      lgamma(b + Double(k)) - lgamma(b) + lgamma(concentration)
      - lgamma(concentration + Double(k))
    return 1 - exp(logMiss) - accuracy
  }

  private static func logLikelihood(
    _ cells: [AnswerCell], accuracy: Double, _ concentration: Double
  ) -> Double {
    let a = concentration * accuracy
    let b = concentration - a
    let base = lgamma(concentration) - lgamma(a) - lgamma(b)
    return cells.reduce(0) { sum, cell in
      let n = Double(cell.samples)
      let right = Double(cell.right)
      return sum + base + lgamma(a + right) + lgamma(b + n - right) - lgamma(concentration + n)
    }
  }

  /// Golden-section search; the likelihood has one peak.
  private static func minimum(of loss: (Double) -> Double) -> Double {
    let ratio = ((5.0).squareRoot() - 1) / 2
    var (low, high) = (range.lowerBound, range.upperBound)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (loss(left), loss(right))
    for _ in 0..<steps {
      if atLeft < atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = loss(left)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = loss(right)
      }
    }
    return (low + high) / 2
  }
}
