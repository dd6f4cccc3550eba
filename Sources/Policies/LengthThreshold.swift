public import FleetEngine

/// One arm for short prompts, another for long ones: all that a router knows for free.
public struct LengthThreshold: ArmChoice {
  /// The shortest prompt, in tokens, that counts as long.
  public let promptTokens: Int
  public let shortArm: Int
  public let longArm: Int

  public init(promptTokens: Int, shortArm: Int, longArm: Int) {
    self.promptTokens = promptTokens
    self.shortArm = shortArm
    self.longArm = longArm
  }

  public func chooseArm(for request: RequestView, in fleet: FleetView) -> Int {
    request.promptTokens < promptTokens ? shortArm : longArm
  }
}
