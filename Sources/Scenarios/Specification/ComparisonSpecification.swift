/// How often a comparison repeats a scenario, to know what chance and calibration leave open.
public struct ComparisonSpecification: Hashable, Sendable {
  /// Runs of every policy under seeds of their own, the scenario's included.
  public var replications = 8
  /// Runs of every policy under other draws of the calibration.
  public var calibrationDraws = 10

  public static let mostReplications = 1000
  public static let mostCalibrationDraws = 1000

  public init() {}

  /// Reads `comparison: {replications: 8, calibration_draws: 10}`.
  init(_ yaml: YAMLMapping) throws {
    if let value = yaml.optional("replications") {
      replications = try value.int(in: 1...Self.mostReplications)
    }
    if let value = yaml.optional("calibration_draws") {
      calibrationDraws = try value.int(in: 0...Self.mostCalibrationDraws)
      guard calibrationDraws != 1 else { throw value.isNot("0, or at least 2 to see a spread") }
    }
  }
}
