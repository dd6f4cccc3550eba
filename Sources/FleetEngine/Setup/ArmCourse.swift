/// What an arm does beyond one attempt whose samples all run to their end.
public struct ArmCourse: Hashable, Sendable {
  /// Pools of the models beside the arm's own: those of `Attempt.stage` 1, then 2, and so on.
  public var furtherPools: [[Int]]
  /// A depth controller is asked after every so many tokens of a chain, at least 2; nil for never.
  public var checkpointTokens: Int?

  public init(furtherPools: [[Int]] = [], checkpointTokens: Int? = nil) {
    self.furtherPools = furtherPools
    self.checkpointTokens = checkpointTokens
  }
}
