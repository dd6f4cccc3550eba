public import Foundation
public import Studies

/// The contents of `summary.json`.
public struct StudySummary: Codable, Hashable, Sendable {
  /// Rises whenever a key changes its name or meaning.
  public static let currentSchemaVersion = 1

  public var schemaVersion: Int
  public var scenario: String
  public var scenarioSHA256: String
  public var calibrationSHA256: String
  public var seed: UInt64
  /// Only where engines were told otherwise than by the scenario.
  public var engineArguments: [String]?
  /// Only where a clock or a power limit is set.
  public var operatingPoints: [String]?
  public var version: String
  public var warnings: [String]
  public var policies: [String: PolicySummary]
  /// The last four only where policies were compared.
  public var paired: [PairedEntry]?
  public var paretoFront: [String]?
  public var equalAccuracy: [EqualAccuracyEntry]?
  public var comparison: ComparisonSummary?

  enum CodingKeys: String, CodingKey {
    case schemaVersion = "schema_version"
    case scenario
    case scenarioSHA256 = "scenario_sha256"
    case calibrationSHA256 = "calibration_sha256"
    case engineArguments = "engine_args"
    case operatingPoints = "operating_points"
    case seed, version, warnings, policies, paired, comparison
    case paretoFront = "pareto"
    case equalAccuracy = "energy_at_equal_accuracy"
  }

  /// The summary of a study; policies that share a name would hide each other.
  public init(_ study: StudyResult, comparison: PolicyComparison?, withTiming: Bool) {
    let context = study.context
    schemaVersion = Self.currentSchemaVersion
    scenario = context.scenarioName
    scenarioSHA256 = context.scenarioSHA256
    calibrationSHA256 = context.calibrationSHA256
    seed = context.seed
    engineArguments = context.engineArguments.isEmpty ? nil : context.engineArguments
    operatingPoints = context.operatingPoints.isEmpty ? nil : context.operatingPoints
    version = context.version
    warnings = context.warnings
    let entries = study.runs.map {
      ($0.name, PolicySummary($0, in: context, withTiming: withTiming))
    }
    policies = Dictionary(
      entries,
      uniquingKeysWith: { first, _ in
        preconditionFailure("two policies share a name, of which one is \(first)")
      })
    paired = comparison?.paired.map(PairedEntry.init)
    paretoFront = comparison?.paretoFront
    equalAccuracy = comparison?.equalAccuracy.map(EqualAccuracyEntry.init)
    self.comparison = comparison.map {
      var summary = ComparisonSummary($0, in: context)
      if let deployed = DeploymentSentence.text(for: study) { summary.verdict.append(deployed) }
      return summary
    }
  }

  /// The file's bytes: the same for the same study, keys sorted, a newline at the end.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var data = try encoder.encode(self)
    data.append(UInt8(ascii: "\n"))
    return data
  }
}

extension StudySummary {
  public struct PairedEntry: Codable, Hashable, Sendable {
    public var a: String
    public var b: String
    public var metric: String
    public var difference: Double
    /// From the lowest to the highest end of the sources'.
    public var interval: Nullable<[Double]>
    public var intervalsBySource: SourceIntervals
    /// After Holm's correction over the pairs of the metric.
    public var adjustedP: Nullable<Double>
    public var isClear: Bool

    enum CodingKeys: String, CodingKey {
      case a, b, metric, difference
      case interval = "ci95"
      case intervalsBySource = "ci95_by_source"
      case adjustedP = "p_holm"
      case isClear = "clear"
    }

    init(_ pair: PairedDifference) {
      a = pair.a
      b = pair.b
      metric = pair.metric.rawValue
      difference = pair.estimate.value
      interval = Nullable(ends: pair.estimate.interval)
      intervalsBySource = SourceIntervals(pair.estimate)
      adjustedP = Nullable(finite: pair.adjustedP)
      isClear = pair.isClear
    }
  }

  public struct EqualAccuracyEntry: Codable, Hashable, Sendable {
    public var accuracy: Double
    public var policy: String
    /// By family.
    public var energyPerRequest: [String: Nullable<Double>]
    public var energyInterval: [String: Nullable<[Double]>]
    /// By family, at the policy's energy.
    public var accuracyAtEqualEnergy: [String: Nullable<Double>]
    public var accuracyInterval: [String: Nullable<[Double]>]

    enum CodingKeys: String, CodingKey {
      case accuracy, policy
      case energyPerRequest = "energy_per_request_j"
      case energyInterval = "energy_per_request_ci95_j"
      case accuracyAtEqualEnergy = "accuracy_at_equal_energy"
      case accuracyInterval = "accuracy_at_equal_energy_ci95"
    }

    init(_ row: EqualAccuracyRow) {
      accuracy = row.accuracy
      policy = row.policy
      energyPerRequest = row.energyByFamily.mapValues { Nullable(finite: $0?.value) }
      energyInterval = row.energyByFamily.mapValues { Nullable(ends: $0?.interval) }
      accuracyAtEqualEnergy = row.accuracyByFamily.mapValues { Nullable(finite: $0?.value) }
      accuracyInterval = row.accuracyByFamily.mapValues { Nullable(ends: $0?.interval) }
    }
  }
}
