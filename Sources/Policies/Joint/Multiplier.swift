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
  let memory: RouterMemory
  /// Requests that have moved the price.
  private var moves = 0.0
  private(set) var lambda: Double
  /// Whether the price still has to find its order of magnitude.
  private(set) var isUnset: Bool
  /// Judged less expected accuracy, a running mean over judgments.
  private var bias = 0.0
  private var judgmentCount = 0.0

  /// Right answers a joule: beyond these no price changes a choice.
  private static let (least, most) = (1e-12, 1e6)

  /// Of the logarithm of the first price.
  private static let startingError = 0.01

  init(_ target: RoutingTarget, memory: RouterMemory) {
    self.target = target
    self.memory = memory
    if case .lambda(let lambda) = target {
      (self.lambda, isUnset) = (lambda, false)
    } else {
      (lambda, isUnset) = (1, true)
    }
  }

  /// Finds the first price where the target is no price: that at which `outcome` of a price, the
  /// expected accuracy and joules of a request, is on target. Both fall as the price rises.
  mutating func start(_ outcome: (Double) -> (accuracy: Double, joules: Double)) {
    isUnset = false
    var (low, high) = (log(Self.least), log(Self.most))
    while high - low > Self.startingError {
      let middle = (low + high) / 2
      let (accuracy, joules) = outcome(exp(middle))
      let isTooDear =
        switch target {
        case .accuracyFloor(let floor): accuracy < floor
        case .jouleBudget(let budget): joules < budget
        case .lambda: false
        }
      if isTooDear { high = middle } else { low = middle }
    }
    lambda = exp((low + high) / 2)
  }

  /// Whether the price is to be found afresh once so many requests have come: while it is becoming
  /// known how fast they do, each time that their number has doubled.
  func isStarting(after requests: Int) -> Bool {
    if case .lambda = target { return false }
    return isUnset
      || Double(requests) <= memory.steadyingRequests && requests.nonzeroBitCount == 1
  }

  /// The present price, for one who knows nothing of queries to come: at first so that an
  /// option in the middle is worth its joules.
  mutating func price(of options: [JointOption]) -> Double {
    if isUnset {
      let joules = options.map(\.joules).sorted()[options.count / 2]
      lambda = joules > 0 ? memory.firstWorth / joules : 1
      isUnset = false
    }
    return lambda
  }

  /// An arm was chosen of which so much is expected.
  mutating func chose(expectedAccuracy: Double) {
    guard case .accuracyFloor(let floor) = target else { return }
    change(by: expectedAccuracy + bias - floor)
  }

  /// A request has drawn so much.
  mutating func spent(joules: Double) {
    guard case .jouleBudget(let budget) = target else { return }
    change(by: min(memory.mostBudgets, joules / budget) - 1)
  }

  /// A judgment beside what was expected of the answer.
  mutating func judged(_ value: Double, expected: Double) {
    judgmentCount = min(memory.requests, judgmentCount + 1)
    bias += (value - expected - bias) / judgmentCount
  }

  /// The logarithm moves by the miss over the square root of the moves (H. Robbins and S. Monro,
  /// Annals of Mathematical Statistics 22, 1951), within what the memory allows.
  private mutating func change(by miss: Double) {
    moves += 1
    let gain = 1 / min(memory.requests, max(memory.steadyingRequests, moves)).squareRoot()
    lambda = min(Self.most, max(Self.least, lambda * exp(gain * miss)))
  }
}
