public import FleetEngine

/// Always the same arm: the baseline that every other choice must beat.
public struct FixedArm: ArmChoice {
  public let arm: Int

  public init(arm: Int) { self.arm = arm }

  public func chooseArm(for request: RequestView, in fleet: FleetView) -> Int { arm }
}
