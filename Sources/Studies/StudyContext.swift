/// Which joules a figure counts.
public enum EnergyScope: String, Codable, Sendable, CaseIterable {
  /// What the GPUs draw: the scope of NVML and of most published figures.
  case gpu
  /// The GPUs with their hosts, fans and power supplies.
  case node
  /// The nodes with the cooling and distribution of their building (PUE).
  case facility
}

/// What a scenario pays for its fleet.
public struct Prices: Hashable, Sendable {
  /// Money for one GPU held for one hour, busy or not.
  public var perGPUHour: Double
  /// Money for one kilowatt-hour drawn by the facility.
  public var perKilowattHour: Double

  public init(perGPUHour: Double, perKilowattHour: Double) {
    self.perGPUHour = perGPUHour
    self.perKilowattHour = perKilowattHour
  }
}

/// What the figures of a study need to know of its scenario, whatever file it came from.
public struct StudyContext: Sendable {
  public var scenarioName: String
  /// The question that the scenario answers, in its own words; may be empty.
  public var question: String
  /// SHA-256 of the scenario file's bytes, lower-case hexadecimal.
  public var scenarioSHA256: String
  /// SHA-256 over the calibration files that the scenario uses, lower-case hexadecimal.
  public var calibrationSHA256: String
  public var seed: UInt64
  /// Version of the program.
  public var version: String
  /// What the reader should know before believing a figure.
  public var warnings: [String]
  /// By index of the task.
  public var taskNames: [String]
  /// The scope of energy per token, per request and per correct answer.
  public var energyScope: EnergyScope
  /// Facility watts per node watt (power usage effectiveness), at least 1.
  public var powerUsageEffectiveness: Double
  /// Nil where the scenario names no prices.
  public var prices: Prices?
  /// Carbon of the grid, grams of CO2 equivalent per kilowatt-hour; nil where it names no grid.
  public var carbonGramsPerKilowattHour: Double?
  /// By policy name: the families that it belongs to (model scaling, test-time compute on one
  /// model), along which energy is read at equal accuracy. A plain small model may begin several.
  public var familiesByPolicy: [String: [String]]

  public init(
    scenarioName: String, question: String = "", scenarioSHA256: String,
    calibrationSHA256: String, seed: UInt64, version: String, warnings: [String] = [],
    taskNames: [String], energyScope: EnergyScope = .gpu, powerUsageEffectiveness: Double = 1,
    prices: Prices? = nil, carbonGramsPerKilowattHour: Double? = nil,
    familiesByPolicy: [String: [String]] = [:]
  ) {
    self.scenarioName = scenarioName
    self.question = question
    self.scenarioSHA256 = scenarioSHA256
    self.calibrationSHA256 = calibrationSHA256
    self.seed = seed
    self.version = version
    self.warnings = warnings
    self.taskNames = taskNames
    self.energyScope = energyScope
    self.powerUsageEffectiveness = powerUsageEffectiveness
    self.prices = prices
    self.carbonGramsPerKilowattHour = carbonGramsPerKilowattHour
    self.familiesByPolicy = familiesByPolicy
  }
}
