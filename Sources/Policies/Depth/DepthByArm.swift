public import FleetEngine

/// A depth controller for each arm that has one; the chains of others run to their end.
public struct DepthByArm: DepthController {
  private var controllers: [Int: any DepthController]

  public init(_ controllers: [Int: any DepthController]) { self.controllers = controllers }

  public mutating func decide(_ chain: ChainView, in fleet: FleetView) -> DepthDecision {
    controllers[chain.arm]?.decide(chain, in: fleet) ?? .goOn
  }
}
