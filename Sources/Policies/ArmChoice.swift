public import FleetEngine

/// Which arm (model and strategy) a request gets.
public protocol ArmChoice: Sendable {
  /// An index into the fleet's arms. Called once per request, in order of arrival.
  mutating func chooseArm(for request: RequestView, in fleet: FleetView) -> Int
}
