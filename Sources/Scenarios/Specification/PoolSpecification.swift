public import DeviceModels
public import FleetEngine

/// Identical replicas of one model, checked to fit their GPUs.
public struct PoolSpecification: Sendable {
  public var name: String
  public var replicaCount: Int
  public var limits: EngineLimits
  public var rules: EngineRules
  /// Time and energy of a replica; knows GPU, model and tensor parallel degree.
  public var replica: RooflineReplicaModel
  /// What was left out of account, or lies outside what the models were fitted on.
  public var warnings: [String]
  /// Whether it was given as a command line that says nothing of the prefix cache: off here, on
  /// in vLLM.
  var leavesCachingToEngine = false
  /// Lower-case hexadecimal digest of the fit file that it names; nil where it has the shipped fit.
  var calibrationSHA256: String?

  /// Nil where its GPUs run as shipped.
  func operatingPointText(asked subject: String) -> String? {
    replica.operatingPoint.text.map { "\(subject): \($0)" }
  }

  public var modelName: String { replica.model.name }
  public var gpusPerReplica: Int { replica.layout.gpuCount }
}

/// What stands around the GPUs.
public struct FleetSurroundings: Hashable, Sendable {
  /// Nil where the scenario names none: node energy then equals GPU energy.
  public var node: NodeSheet?
  /// Facility watts per node watt, at least 1.
  public var powerUsageEffectiveness: Double
  /// Relative standard deviation of what nodes of one kind draw while they compute.
  public var powerSpread: Double
}
