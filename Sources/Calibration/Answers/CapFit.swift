internal import AnswerModels
internal import NumericalMethods

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// What is left of a model's accuracy under a limit of tokens, if samples that reach it are wrong.
///
/// The same difficulty z decides length and correctness: ln L = m + γ·z + spread, and γ follows
/// from how much longer wrong answers are than right ones.
struct CapFit {
  /// One sample: its tokens and whether it was right.
  struct Sample: Hashable {
    var tokens: Int
    var isRight: Bool
  }

  private let accuracy: Double
  private let logMedian: Double
  private let slope: Double
  /// Spread of ln L at one difficulty.
  private let rest: Double
  private let chances: [Double]

  /// From training samples and the law that the model's training accuracy gives.
  ///
  /// `linked` false leaves out the link of length and difficulty.
  init?(_ samples: [Sample], law: AnswerLaw, linked: Bool) {
    let right = samples.filter(\.isRight).map { log(Double($0.tokens)) }
    let wrong = samples.filter { !$0.isRight }.map { log(Double($0.tokens)) }
    guard right.count > 10, samples.count > 30 else { return nil }
    let all = right + wrong
    let center = Self.mean(all)
    let variance = all.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(all.count)
    logMedian = center
    let chances = SharedDifficultyFit.Model(law).chances(shared: law.response.sharedDifficulty)
    let mean = Self.expectation(chances) { _ in 1 }
    // E[z | right] = E[z p] / E[p], and E[z | wrong] the other way.
    let product = Self.expectation(chances) { $0 }
    let gap = -product / (1 - mean) - product / mean
    self.chances = chances
    accuracy = mean
    guard linked, wrong.count > 10, gap > 0.1 else {
      slope = 0
      rest = variance.squareRoot()
      return
    }
    let limit = (Self.largestShare * variance).squareRoot()
    slope = min(max((Self.mean(wrong) - Self.mean(right)) / gap, 0), limit)
    rest = (variance - slope * slope).squareRoot()
  }

  /// Share of the variance of ln L that difficulty may explain: samples of one question differ too.
  private static let largestShare = 0.9

  /// Right answers within `cap` tokens, as a share of all right answers.
  func shareLeft(cap: Int) -> Double {
    var sum = 0.0
    for (index, z) in SharedDifficultyFit.Nodes.points.enumerated() {
      let within = StandardNormal.cdf((log(Double(cap)) - logMedian - slope * z) / rest)
      sum += SharedDifficultyFit.Nodes.weights[index] * chances[index] * within
    }
    return sum / accuracy
  }

  /// The mean over queries of `value(z)` times the chance of a right answer.
  private static func expectation(_ chances: [Double], _ value: (Double) -> Double) -> Double {
    let nodes = SharedDifficultyFit.Nodes.self
    return chances.indices.reduce(0) {
      $0 + nodes.weights[$1] * chances[$1] * value(nodes.points[$1])
    }
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }
}
