internal import Quantities

/// One part of an iteration as one GPU of the replica sees it.
public struct PhaseEstimate: Hashable, Sendable {
  public var seconds: Double
  /// Mean power of one GPU over the phase, W.
  public var watts: Double
  /// Shares of peak memory bandwidth and of peak FLOP/s, 0…1.
  public var bandwidthUtilization: Double
  public var computeUtilization: Double

  public static let none = PhaseEstimate(
    seconds: 0, watts: 0, bandwidthUtilization: 0, computeUtilization: 0)

  public init(
    seconds: Double, watts: Double, bandwidthUtilization: Double = 0,
    computeUtilization: Double = 0
  ) {
    self.seconds = seconds
    self.watts = watts
    self.bandwidthUtilization = bandwidthUtilization
    self.computeUtilization = computeUtilization
  }

  public var joules: Double { seconds * watts }
}

/// Time and energy of one iteration in floating point, part by part.
public struct IterationEstimate: Hashable, Sendable {
  /// Matrix products and the elementwise work beside them.
  public var linear: PhaseEstimate
  public var decodeAttention: PhaseEstimate
  public var prefillAttention: PhaseEstimate
  public var communication: PhaseEstimate
  /// Choosing the next tokens from the logits.
  public var sampling: PhaseEstimate
  /// Scheduling and launches: no kernel runs.
  public var gap: PhaseEstimate
  public var gpuCount: Int

  /// Duration of the iteration.
  public var seconds: Double {
    linear.seconds + decodeAttention.seconds + prefillAttention.seconds + communication.seconds
      + sampling.seconds + gap.seconds
  }

  /// Energy of all GPUs of the replica.
  public var joules: Double {
    Double(gpuCount)
      * (linear.joules + decodeAttention.joules + prefillAttention.joules + communication.joules
        + sampling.joules + gap.joules)
  }

  public var prefillOwnJoules: Double { Double(gpuCount) * prefillAttention.joules }
  public var decodeOwnJoules: Double { Double(gpuCount) * decodeAttention.joules }

  /// Mean power of all GPUs of the replica over the iteration, W.
  public var watts: Double { joules / seconds }

  /// The estimate rounded once, to the nearest tick and quantum.
  public var cost: IterationCost {
    IterationCost(
      duration: SimDuration(rounding: seconds), energy: Energy(rounding: joules),
      prefillOwnEnergy: Energy(rounding: prefillOwnJoules),
      decodeOwnEnergy: Energy(rounding: decodeOwnJoules))
  }
}
