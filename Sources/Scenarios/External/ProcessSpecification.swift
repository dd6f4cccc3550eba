public import Quantities

/// A policy of the user's own in another process.
public struct ProcessSpecification: Hashable, Sendable {
  public enum Mode: Hashable, Sendable {
    /// Decisions that do not depend on the state of the fleet: taken ahead, many at once.
    case independent
    /// All requests of a window are decided at its end, with the fleet as it is then.
    case window(SimDuration)
    /// Each request with the fleet as it is at its arrival.
    case lockStep
  }

  /// The program and its arguments; it runs in the scenario's folder.
  public var command: [String]
  public var mode: Mode
  /// Arms that it may name.
  public var arms: [Int]
  public var estimator: EstimatorSpecification?
  public var folder: String
  /// Where the scenario says so.
  var place: InputPlace
}

/// Where something stands in a file, for errors that only show later.
struct InputPlace: Hashable, Sendable {
  private let error: InputError

  init(_ value: YAMLValue) { error = value.error("") }

  func error(_ problem: String, expected expectation: String) -> InputError {
    var error = error
    (error.problem, error.expectation) = (problem, expectation)
    return error
  }
}

/// How fast a policy process decided: filled in while its run goes on.
public final class ProcessSpeed: @unchecked Sendable {
  public internal(set) var decisions = 0
  /// Of waiting for the process, its own work included.
  public internal(set) var seconds = 0.0

  public var decisionsPerSecond: Double { seconds > 0 ? Double(decisions) / seconds : 0 }
}
