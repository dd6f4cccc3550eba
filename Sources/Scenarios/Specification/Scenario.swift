public import AnswerModels
public import FleetEngine
public import Policies

/// One question about a fleet, complete and checked: what a scenario file holds.
///
/// A value of this type cannot be invalid: every name was found, every model fits its GPUs, and
/// every arm can answer every task. What remains to fail is reading the trace.
public struct Scenario: Sendable {
  /// The file's name without its extension.
  public var name: String
  /// The question that it answers, in its own words; may be empty.
  public var question: String
  /// As it was read.
  public var text = ""
  /// Lower-case hexadecimal SHA-256 of the scenario's text.
  public var sha256: String
  /// Lower-case hexadecimal SHA-256 over the calibration that it was read with.
  public var calibrationSHA256: String
  public var seed: UInt64
  /// Options of engines given beside the file, which take the place of its own.
  public var engineArguments: [String]
  public var workload: WorkloadSpecification
  /// By task index.
  public var askers: [AskerSpecification]
  /// Requests in flight in the whole fleet beyond which the next one waits with its asker.
  public var maxConcurrency: Int?
  public var pools: [PoolSpecification]
  public var surroundings: FleetSurroundings
  public var arms: [ArmSpecification]
  public var policies: [PolicySpecification]
  /// How soon joint routers follow what they see; nil where no policy is one.
  public var routerMemory: RouterMemory?
  public var objective: ServiceLevelObjective
  public var prices: PriceList?
  public var grid: GridSpecification?
  public var measurement: MeasurementSpecification
  /// What a publication says that it should show; nil for most scenarios.
  public var expectations: Expectations?
  /// How surely `compare` is to know.
  public var comparison = ComparisonSpecification()
  /// What the reader of the results should know, as extrapolated models.
  public var warnings: [String]
  /// Where the constants that its runs use come from.
  public var sources: CalibrationSources?
  /// How the arms answer the tasks.
  public var answers: any AnswerModel
  /// What the queries are, where they were measured instead of modeled.
  public var pool: QueryPoolInput?

  /// By task index.
  public var taskNames: [String] {
    let tasks = workload.tasks
    return tasks.isEmpty ? [TraceSpecification.taskName] : tasks.map(\.name)
  }

  /// What pools, and policies in their place, set of clock and power limit, in words.
  public var operatingPoints: [String] {
    let ofFleet = pools.compactMap { $0.operatingPointText(asked: "pool \($0.name)") }
    let ofPolicies = policies.flatMap { policy in
      (policy.pools ?? []).compactMap {
        $0.operatingPointText(asked: "policy \(policy.name), pool \($0.name)")
      }
    }
    return ofFleet + ofPolicies
  }

  /// The name of the run that always takes an arm: what `compare` sets beside the policies.
  public static func fixedArmRunName(_ arm: String) -> String { "always-\(arm)" }

  /// Names of the policies that were swept: each is a family of its values.
  public var sweptFamilies: [String] { policies.compactMap(\.family).unique }

  /// By run: the families along which energy and accuracy are read at equal terms.
  ///
  /// Larger models answering directly; more and more inference on one model, which begins with
  /// its direct answer; and the values of each sweep.
  public var familiesByRun: [String: [String]] {
    let reasoning = Set(arms.filter { $0.strategy != .direct }.map(\.modelName))
    let ofArms = arms.map { arm in
      var families = arm.strategy == .direct ? ["model scaling"] : []
      if reasoning.contains(arm.modelName) {
        families.append("test-time compute on \(arm.modelName)")
      }
      return (Self.fixedArmRunName(arm.name), families)
    }
    let ofSweeps = policies.compactMap { policy in policy.family.map { (policy.name, [$0]) } }
    return Dictionary(ofArms + ofSweeps, uniquingKeysWith: { first, _ in first })
  }
}
