public import Scenarios

/// What the figures of a study need to know of its scenario, whatever file it came from.
public struct StudyContext: Sendable {
  public var scenarioName: String
  /// The question that the scenario answers, in its own words; may be empty.
  public var question: String
  /// SHA-256 of the scenario file's bytes, lower-case hexadecimal.
  public var scenarioSHA256: String
  /// SHA-256 over the the whole calibration, lower-case hexadecimal.
  public var calibrationSHA256: String
  /// The scenario as it was read; empty where there is no file.
  public var scenarioText = ""
  /// Policies whose decisions are simulated as free of time and energy, though they choose.
  public var policiesAssumedFree: [String] = []
  /// Families that are the values of one swept policy: pictures join them.
  public var sweptFamilies: [String] = []
  public var seed: UInt64
  /// Options of engines given beside the scenario file, which took the place of its own.
  public var engineArguments: [String]
  /// Pools whose clock or power limit is set, in words: "pool small: cap 300 W".
  public var operatingPoints: [String]
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
  public var prices: PriceList?
  /// Nil where the scenario names no grid.
  public var grid: GridSpecification?
  /// By policy name: the families that it belongs to (model scaling, test-time compute on one
  /// model), along which energy is read at equal accuracy. A plain small model may begin several.
  public var familiesByPolicy: [String: [String]]
  /// Names of the policies that give every query the same arm, beside which others are seen.
  public var fixedArmPolicies: Set<String>
  /// Names of declared policies that do the same, and are alike in all else: they stand in where
  /// the others were not run.
  public var declaredFixedArms: Set<String> = []
  /// Where the constants come from; nil where nobody says.
  public var sources: CalibrationSources?

  public init(
    scenarioName: String, question: String = "", scenarioSHA256: String,
    calibrationSHA256: String, seed: UInt64, engineArguments: [String] = [],
    operatingPoints: [String] = [], version: String,
    warnings: [String] = [],
    taskNames: [String], energyScope: EnergyScope = .gpu, powerUsageEffectiveness: Double = 1,
    prices: PriceList? = nil, grid: GridSpecification? = nil,
    familiesByPolicy: [String: [String]] = [:], fixedArmPolicies: Set<String> = []
  ) {
    self.scenarioName = scenarioName
    self.question = question
    self.scenarioSHA256 = scenarioSHA256
    self.calibrationSHA256 = calibrationSHA256
    self.seed = seed
    self.engineArguments = engineArguments
    self.operatingPoints = operatingPoints
    self.version = version
    self.warnings = warnings
    self.taskNames = taskNames
    self.energyScope = energyScope
    self.powerUsageEffectiveness = powerUsageEffectiveness
    self.prices = prices
    self.grid = grid
    self.familiesByPolicy = familiesByPolicy
    self.fixedArmPolicies = fixedArmPolicies
  }

  /// The positions of the policies that others are set against.
  func fixedArms(among names: [String]) -> [Int] {
    let own = names.indices.filter { fixedArmPolicies.contains(names[$0]) }
    return own.isEmpty ? names.indices.filter { declaredFixedArms.contains(names[$0]) } : own
  }
}
