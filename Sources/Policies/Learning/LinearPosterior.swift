/// A linear model of something by the features of a query, as far as it has been seen: ridge
/// regression, kept up to date one observation at a time.
///
/// With prior precision 1 and noise of variance 1 it is the posterior of a Bayesian linear model.
/// An observation takes the square of the number of features in steps (Sherman and Morrison).
struct LinearPosterior: Sendable {
  let featureCount: Int
  /// Inverse of the precision matrix, by row.
  private var covariance: [Double]
  /// Sum of features times what was seen with them.
  private var moment: [Double]
  private(set) var weights: [Double]
  private(set) var observationCount = 0

  init(featureCount: Int) {
    self.featureCount = featureCount
    covariance = Array(repeating: 0, count: featureCount * featureCount)
    for index in 0..<featureCount { covariance[index * featureCount + index] = 1 }
    moment = Array(repeating: 0, count: featureCount)
    weights = moment
  }

  /// What is expected of a query.
  func mean(_ features: [Double]) -> Double {
    precondition(features.count == featureCount, "\(features.count) features")
    return zip(weights, features).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// How unsure that is: a standard deviation in units of the noise.
  func deviation(_ features: [Double]) -> Double {
    let projected = times(features)
    return max(0, zip(projected, features).reduce(0) { $0 + $1.0 * $1.1 }).squareRoot()
  }

  mutating func observe(_ features: [Double], _ value: Double) {
    let projected = times(features)
    let spread = 1 + zip(projected, features).reduce(0) { $0 + $1.0 * $1.1 }
    for row in 0..<featureCount {
      let factor = projected[row] / spread
      for column in 0..<featureCount {
        covariance[row * featureCount + column] -= factor * projected[column]
      }
      moment[row] += features[row] * value
    }
    weights = times(moment)
    observationCount += 1
  }

  private func times(_ vector: [Double]) -> [Double] {
    (0..<featureCount).map { row in
      var sum = 0.0
      for column in 0..<featureCount {
        sum += covariance[row * featureCount + column] * vector[column]
      }
      return sum
    }
  }
}
