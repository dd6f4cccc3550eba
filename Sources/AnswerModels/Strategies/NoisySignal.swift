internal import NumericalMethods

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// A score of an answer of stated quality: d·[right] + N(0, 1).
///
/// The area under its ROC curve is Φ(d/√2), the chance that a right answer scores higher than a
/// wrong one.
struct NoisySignal: Sendable {
  /// d.
  let separation: Double
  private let noise: RandomStream

  init(areaUnderCurve area: Double, purpose: String, seed: UInt64) {
    separation = 2.0.squareRoot() * StandardNormal.quantile(area)
    noise = RandomStream(seed: seed, purpose: purpose)
  }

  func score(isRight: Bool, id: UInt64, index: UInt64) -> Double {
    (isRight ? separation : 0) + StandardNormal.quantile(noise.uniform(id: id, index: index))
  }

  /// The chance that the answer is right given its score, where half of all answers are.
  func confidence(isRight: Bool, id: UInt64, index: UInt64) -> Double {
    let score = score(isRight: isRight, id: id, index: index)
    let logOdds = separation * (score - separation / 2)
    return 1 / (1 + exp(-logOdds))
  }
}
