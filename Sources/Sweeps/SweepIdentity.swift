/// What a sweep is of. Results of two sweeps may stand in one file only if all of this is equal.
public struct SweepIdentity: Codable, Hashable, Sendable {
  public var scenarioName: String
  /// The path as the user gave it, from which the scenario's own relative paths count.
  public var scenarioPath: String
  public var scenarioText: String
  /// Lower-case hexadecimal SHA-256 over the calibration.
  public var calibrationSHA256: String
  public var version: String
  /// What was varied, in words: `key=a,b,c`, in order.
  public var axes: [String]
  /// Points of a Latin hypercube; nil for a grid.
  public var latinHypercubePoints: Int?
  public var replications: Int
  public var baseSeed: UInt64
  /// The scenario's policies that are simulated, in order.
  public var policies: [String]
  /// Trace in place of the scenario's own.
  public var tracePath: String?
  /// Options of engines given beside the scenario.
  public var engineArguments: [String]

  public init(
    scenarioName: String, scenarioPath: String, scenarioText: String, calibrationSHA256: String,
    version: String, design: SweepDesign, policies: [String], tracePath: String?,
    engineArguments: [String]
  ) {
    self.scenarioName = scenarioName
    self.scenarioPath = scenarioPath
    self.scenarioText = scenarioText
    self.calibrationSHA256 = calibrationSHA256
    self.version = version
    axes = design.axes.map(\.text)
    if case .latinHypercube(let points) = design.sampling { latinHypercubePoints = points }
    replications = design.replications
    baseSeed = design.baseSeed
    self.policies = policies
    self.tracePath = tracePath
    self.engineArguments = engineArguments
  }

  /// The design that the fields stand for.
  public func design() throws -> SweepDesign {
    SweepDesign(
      axes: try axes.map { try SweepAxisReader.read($0) },
      sampling: latinHypercubePoints.map { .latinHypercube(points: $0) } ?? .grid,
      replications: replications, baseSeed: baseSeed)
  }

  /// In what `other` differs, in words; empty where it is the same sweep.
  func differences(from other: Self) -> [String] {
    var differences: [String] = []
    func compare<Field: Equatable>(_ name: String, _ field: KeyPath<Self, Field>) {
      if self[keyPath: field] != other[keyPath: field] { differences.append(name) }
    }
    compare("the scenario", \.scenarioText)
    compare("the calibration", \.calibrationSHA256)
    compare("the version of the program", \.version)
    compare("what is varied", \.axes)
    compare("the sample", \.latinHypercubePoints)
    compare("the replications", \.replications)
    compare("the seed", \.baseSeed)
    compare("the policies", \.policies)
    compare("the trace", \.tracePath)
    compare("the engine arguments", \.engineArguments)
    return differences
  }
}
