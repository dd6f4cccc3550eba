public import FleetEngine

/// A number by which queries are told apart before anybody answers them.
public enum QuerySignal: Hashable, Sendable {
  /// Tokens of the prompt: all that a router knows for free.
  case promptTokens
  /// The estimate of difficulty, a quantile within the query's own task; never the truth.
  case estimatedDifficulty
  /// A declared column of numbers, by position: a researcher's own scores.
  case feature(Int)

  /// Traps where the run has no such signal: there is nothing to decide by.
  func value(_ request: RequestView) -> Double {
    switch self {
    case .promptTokens: return Double(request.promptTokens)
    case .estimatedDifficulty:
      guard let estimate = request.estimatedDifficulty else {
        preconditionFailure("request \(request.id) comes without an estimate of its difficulty")
      }
      return estimate
    case .feature(let position):
      let numbers = request.columns
      guard position < numbers.count else {
        preconditionFailure("request \(request.id) comes without its column \(position)")
      }
      return numbers[position]
    }
  }
}

/// An arm for each step of a signal: the first below the first threshold, the last from the last
/// one on.
public struct ThresholdLadder: ArmChoice {
  public let signal: QuerySignal
  /// Ascending.
  public let thresholds: [Double]
  /// One more than thresholds.
  public let arms: [Int]

  public init(signal: QuerySignal, thresholds: [Double], arms: [Int]) {
    precondition(arms.count == thresholds.count + 1, "\(arms.count) arms")
    precondition(zip(thresholds, thresholds.dropFirst()).allSatisfy(<), "thresholds out of order")
    self.signal = signal
    self.thresholds = thresholds
    self.arms = arms
  }

  public func chooseArm(for request: RequestView, in fleet: FleetView) -> Int {
    let value = signal.value(request)
    return arms[thresholds.firstIndex { value < $0 } ?? thresholds.count]
  }
}
