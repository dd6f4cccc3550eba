public import FleetEngine

/// One arm for queries that look easy, another for those that look hard.
///
/// It sees the estimate, never the difficulty itself. Difficulty is a quantile within the
/// query's own task, so a threshold of 0.8 calls the hardest fifth of each task hard.
public struct DifficultyThreshold: ArmChoice {
  /// The least estimated difficulty, in (0, 1), that counts as hard.
  public let difficulty: Double
  public let easyArm: Int
  public let hardArm: Int

  public init(difficulty: Double, easyArm: Int, hardArm: Int) {
    self.difficulty = difficulty
    self.easyArm = easyArm
    self.hardArm = hardArm
  }

  /// Traps where the run has no difficulty estimator: there is nothing to decide by.
  public func chooseArm(for request: RequestView, in fleet: FleetView) -> Int {
    guard let estimate = request.estimatedDifficulty else {
      preconditionFailure("request \(request.id) comes without an estimate of its difficulty")
    }
    return estimate < difficulty ? easyArm : hardArm
  }
}
