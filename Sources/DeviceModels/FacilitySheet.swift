/// The building around the nodes.
public struct FacilitySheet: Hashable, Sendable {
  /// As in files and on the command line: lower case, hyphens.
  public var name: String
  public var title: String
  /// Facility energy per energy of its nodes (PUE), at least 1.
  public var powerUsageEffectiveness: Double

  public init(name: String, title: String, powerUsageEffectiveness: Double) {
    self.name = name
    self.title = title
    self.powerUsageEffectiveness = powerUsageEffectiveness
  }
}
