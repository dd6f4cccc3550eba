public import DeviceModels
internal import FleetEngine

/// One model on one kind of GPU in one layout, at one clock and cap.
public struct CurveReplica: Sendable {
  public var gpu: String
  public var model: String
  public var tensorParallel: Int
  public var operatingPoint: OperatingPoint
  public var cost: any IterationModel
  /// Room of the KV cache.
  public var kvBlockCount: Int
  public var tokensPerBlock: Int
  /// Most tokens of one iteration.
  public var tokenBudget: Int
  /// Longest prompt plus output of one sequence.
  public var maxModelTokens: Int
  /// Whatever the shape: in words, what was measured elsewhere or not at all.
  public var standingWarnings: [String]

  public init(
    gpu: String, model: String, tensorParallel: Int = 1,
    operatingPoint: OperatingPoint = .asShipped, cost: any IterationModel, kvBlockCount: Int,
    tokensPerBlock: Int, tokenBudget: Int, maxModelTokens: Int, standingWarnings: [String] = []
  ) {
    self.gpu = gpu
    self.model = model
    self.tensorParallel = tensorParallel
    self.operatingPoint = operatingPoint
    self.cost = cost
    self.kvBlockCount = kvBlockCount
    self.tokensPerBlock = tokensPerBlock
    self.tokenBudget = tokenBudget
    self.maxModelTokens = maxModelTokens
    self.standingWarnings = standingWarnings
  }

  /// Whether so many sequences of so many tokens each lie in the KV cache together.
  public func holds(_ sequences: Int, contextTokens: Int) -> Bool {
    let blocks = (contextTokens + tokensPerBlock - 1) / tokensPerBlock
    return sequences * blocks <= kvBlockCount
  }
}

/// Where the replicas of curves come from: each is the pool of the quick line that names it, with
/// its names, limits, fits and errors.
struct CurveReplicaReader {
  /// What tells one replica from another, as it was written.
  struct Setting: Hashable {
    var gpu: String
    var model: String
    var tensorParallel: Int
    var clockMegahertz: Double?
    var capWatts: Double?
  }

  let catalog: Catalog
  /// Largest batch that any replica is asked for: windows are set aside for so many.
  let rowLimit: Int
  let tokenBudget: Int?

  func replica(_ setting: Setting) throws -> (CurveReplica, GPUSheet) {
    var line =
      "gpu=\(setting.gpu),model=\(setting.model),tensor-parallel=\(setting.tensorParallel)"
      + ",concurrency=1,prompt=1,output=1,max-rows=\(rowLimit)"
    if let clock = setting.clockMegahertz { line += ",clock-mhz=\(NumberText.of(clock))" }
    if let cap = setting.capWatts { line += ",cap-w=\(NumberText.of(cap))" }
    if let tokenBudget { line += ",token-budget=\(tokenBudget)" }
    do {
      let pool = try QuickScenario.parse(line, catalog: catalog).pools[0]
      let replica = CurveReplica(
        gpu: pool.replica.gpu.name, model: pool.modelName,
        tensorParallel: pool.gpusPerReplica, operatingPoint: pool.replica.operatingPoint,
        cost: pool.replica, kvBlockCount: pool.limits.kvBlockCount,
        tokensPerBlock: pool.limits.tokensPerBlock,
        tokenBudget: pool.limits.iterationTokenBudget,
        maxModelTokens: pool.limits.maxModelTokens,
        standingWarnings: pool.replica.standingExtrapolations + pool.warnings)
      return (replica, pool.replica.gpu)
    } catch var error as InputError {
      // Nobody wrote the line.
      if error.file == QuickScenario.place { error.file = nil }
      throw error
    }
  }
}
