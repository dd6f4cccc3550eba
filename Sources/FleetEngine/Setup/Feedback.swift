public import Quantities

/// What a policy may know of a request once it has ended: what its operator can measure.
public struct EndedRequest: Sendable {
  /// As the policy saw it at arrival.
  public let request: RequestView
  public let arm: Int
  public let replica: Int
  public let outcome: RequestOutcome
  /// The request's own part of the GPU energy, joules.
  public let joules: Double
  /// Of all its samples.
  public let outputTokens: Int
  public let endToEndLatency: SimDuration

  public init(
    request: RequestView, arm: Int, replica: Int, outcome: RequestOutcome, joules: Double,
    outputTokens: Int, endToEndLatency: SimDuration
  ) {
    self.request = request
    self.arm = arm
    self.replica = replica
    self.outcome = outcome
    self.joules = joules
    self.outputTokens = outputTokens
    self.endToEndLatency = endToEndLatency
  }
}

/// Somebody who looks at some of the answers, errs, and takes time: all that a policy ever learns
/// of right and wrong.
public struct Judge: Hashable, Sendable {
  /// Share of the completed requests that are judged, 0 to 1.
  public let labelRate: Double
  /// Chance that a judgment is wrong, 0 to 1.
  public let error: Double
  /// From the end of a request until its judgment is known.
  public let delay: SimDuration
  public let seed: UInt64

  public init(labelRate: Double, error: Double, delay: SimDuration, seed: UInt64) {
    precondition((0...1).contains(labelRate), "a label rate of \(labelRate)")
    precondition((0...1).contains(error), "a judge's error of \(error)")
    precondition(delay >= .zero, "a delay of \(delay.seconds) s")
    self.labelRate = labelRate
    self.error = error
    self.delay = delay
    self.seed = seed
  }
}
