public import FleetEngine

/// The closed-form model of one arm's energy and accuracy (Wilkins, Keshav, Mortier, "Offline
/// energy-optimal LLM serving", HotCarbon 2024, arXiv 2407.04014).
public struct ZetaArm: Hashable, Sendable {
  public var arm: Int
  /// Share of right answers, or any score on one scale for all arms.
  public var accuracy: Double
  /// Joules by prompt token, by output token, and by their product.
  public var joules: SIMD3<Double>

  public init(arm: Int, accuracy: Double, joules: SIMD3<Double>) {
    self.arm = arm
    self.accuracy = accuracy
    self.joules = joules
  }
}

/// Weighs normalized energy against normalized accuracy by closed forms alone: the arm with the
/// least ζ·e/max e − (1 − ζ)·a/max a, the maxima over the arms at this query.
///
/// ζ of 1 asks for the least energy, of 0 for the most accuracy. It knows neither load nor
/// difficulty, and takes every answer to have the expected length.
public struct ZetaRouter: ArmChoice {
  public let zeta: Double
  public let expectedOutputTokens: Int
  private let arms: [ZetaArm]
  private let largestAccuracy: Double

  /// `zeta` in 0...1; accuracies above 0.
  public init(zeta: Double, arms: [ZetaArm], expectedOutputTokens: Int) {
    precondition((0...1).contains(zeta), "a zeta of \(zeta)")
    precondition(!arms.isEmpty && arms.allSatisfy { $0.accuracy > 0 }, "\(arms.count) arms")
    self.zeta = zeta
    self.arms = arms
    self.expectedOutputTokens = expectedOutputTokens
    largestAccuracy = arms.reduce(0) { max($0, $1.accuracy) }
  }

  public func chooseArm(for request: RequestView, in fleet: FleetView) -> Int {
    let (prompt, output) = (Double(request.promptTokens), Double(expectedOutputTokens))
    let energies = arms.map { ($0.joules * [prompt, output, prompt * output]).sum() }
    let largest = energies.reduce(0, max)
    var best = (arm: arms[0].arm, cost: Double.infinity)
    for (arm, energy) in zip(arms, energies) {
      let relative = largest > 0 ? energy / largest : 0
      let cost = zeta * relative - (1 - zeta) * arm.accuracy / largestAccuracy
      if cost < best.cost { best = (arm.arm, cost) }
    }
    return best.arm
  }
}
