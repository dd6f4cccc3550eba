#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// What a joint router is held to.
public enum RoutingTarget: Hashable, Sendable {
  /// A fixed price: right answers that a joule must buy.
  case lambda(Double)
  /// The least joules at which this share of answers is right.
  case accuracyFloor(Double)
  /// The most right answers for so many joules a request.
  case jouleBudget(Double)
}

/// The price of a joule in right answers, which follows a target: the Lagrange multiplier of the
/// constraint, raised while too much is spent and lowered while too little is right.
struct Multiplier: Sendable {
  let target: RoutingTarget
  /// Change of the logarithm of the price per request and unit of the relative miss.
  let gain: Double
  private(set) var lambda: Double
  /// Whether the price still has to find its order of magnitude.
  private var isUnset: Bool
  /// Judged less expected accuracy, a running mean over judgments.
  private var bias = 0.0
  private var judgmentCount = 0.0

  /// Judgments over which the bias is averaged at most.
  private static let biasMemory = 1_000.0

  /// Times the budget that a request counts at most: one must not settle the price by itself.
  private static let mostMiss = 50.0

  init(_ target: RoutingTarget, gain: Double) {
    self.target = target
    self.gain = gain
    if case .lambda(let lambda) = target {
      (self.lambda, isUnset) = (lambda, false)
    } else {
      (lambda, isUnset) = (1, true)
    }
  }

  /// Takes a first guess from what a request costs: ten percent of a right answer for it.
  mutating func startIfUnset(typicalJoules: Double) {
    guard isUnset, typicalJoules > 0 else { return }
    lambda = 0.1 / typicalJoules
    isUnset = false
  }

  /// An arm was chosen of which so much is expected.
  mutating func chose(expectedAccuracy: Double) {
    guard case .accuracyFloor(let floor) = target else { return }
    change(by: expectedAccuracy + bias - floor)
  }

  /// A request has drawn so much.
  mutating func spent(joules: Double) {
    guard case .jouleBudget(let budget) = target else { return }
    change(by: min(Self.mostMiss, joules / budget) - 1)
  }

  /// A judgment beside what was expected of the answer.
  mutating func judged(_ value: Double, expected: Double) {
    judgmentCount = min(Self.biasMemory, judgmentCount + 1)
    bias += (value - expected - bias) / judgmentCount
  }

  private mutating func change(by miss: Double) {
    lambda = min(1e6, max(1e-12, lambda * exp(gain * miss)))
  }
}
