internal import DeviceModels
internal import FleetEngine

/// Reads the `fleet` of a scenario.
struct FleetReader {
  let devices: DeviceCatalog
  /// What a policy wants of every pool, in the place of what pools say themselves.
  var ofPolicy = PolicyDemands()
  /// Given beside the scenario; they take the place of all that it says.
  var overrides: [EngineOverride] = []

  func read(
    _ yaml: YAMLMapping
  ) throws -> (pools: [PoolSpecification], surroundings: FleetSurroundings) {
    let node = try yaml.optional("node").map {
      try devices.node(named: $0.choice(among: devices.nodeNames))
    }
    let effectiveness = try powerUsageEffectiveness(yaml)
    let spread = try yaml.optional("power_spread")?.double(.between(0...0.2)) ?? 0
    var names = UniqueNames("pool")
    let pools = try yaml["pools"].list { entry in
      try entry.mapping { try pool($0, node: node, &names) }
    }
    try EngineOverride.check(overrides, pools: pools.map(\.name))
    return (
      pools,
      FleetSurroundings(
        node: node, powerUsageEffectiveness: effectiveness, powerSpread: spread)
    )
  }

  private func powerUsageEffectiveness(_ yaml: YAMLMapping) throws -> Double {
    let facility = yaml.optional("facility")
    guard let pue = yaml.optional("pue") else {
      return try facility.map {
        try devices.facility(named: $0.choice(among: devices.facilityNames))
          .powerUsageEffectiveness
      } ?? 1
    }
    guard facility == nil else {
      throw pue.error("pue is given beside facility", expected: "one or the other")
    }
    return try pue.double(.between(1...10))
  }

  private func pool(
    _ yaml: YAMLMapping, node: NodeSheet?, _ names: inout UniqueNames
  ) throws -> PoolSpecification {
    let name = try names.read(yaml["name"])
    let model = try yaml["model"].choice(among: devices.modelNames)
    let gpu = try yaml["gpu"].choice(among: devices.gpuNames)
    let own = yaml.optional("tensor_parallel_size")
    let replicaCount = try yaml["replicas"].int(in: 1...65_536)
    let engine = try engine(yaml, ownDegree: own, pool: name, model: model)
    let replica = try replica(yaml, gpu: gpu, model: model, engine.settings, node: node)
    let (limits, rules) = try EngineReader(replica: replica, pool: yaml).read(engine.settings)
    return PoolSpecification(
      name: name, replicaCount: replicaCount, limits: limits, rules: rules, replica: replica,
      warnings: try engine.warnings + Self.cacheWarnings(replica, devices),
      leavesCachingToEngine: engine.leavesCachingToEngine)
  }

  /// What the pool and the command line ask of its engine.
  private func engine(
    _ yaml: YAMLMapping, ownDegree: YAMLValue?, pool: String, model: String
  ) throws -> PoolEngine {
    var settings = EngineSettings()
    settings["tensor_parallel_size"] = ownDegree
    if let engine = yaml.optional("engine") {
      try settings.merge(engine.mapping { EngineSettings($0) })
    }
    var result = PoolEngine(settings: settings)
    if let line = try yaml.optional("engine_args").map({ try ServeLine($0) }) {
      try result.settings.merge(line.settings)
      try result.note(line, pool: pool, model: model, among: devices.models)
    }
    result.settings.override(by: ofPolicy.engine)
    for override in overrides where override.pool == nil || override.pool == pool {
      let line = try override.line()
      result.settings.override(by: line.settings)
      try result.note(line, pool: pool, model: model, among: devices.models)
    }
    return result
  }

  private func replica(
    _ yaml: YAMLMapping, gpu: String, model: String, _ settings: EngineSettings, node: NodeSheet?
  ) throws -> RooflineReplicaModel {
    let degreeValue = settings["tensor_parallel_size"]
    let largestDegree = try node?.gpuCount ?? devices.gpu(named: gpu).gpusPerNode
    let degree = try degreeValue?.int(in: 1...largestDegree) ?? 1
    var setting = OperatingPointReader(yaml)
    setting.override(by: ofPolicy.operatingPoint)
    let point = try setting.point(on: devices.gpu(named: gpu))
    let cacheType = try settings["kv_cache_dtype"].map(KVCacheType.read) ?? .ofModel
    do {
      return try devices.replicaModel(
        gpu: gpu, model: model, tensorParallel: degree,
        bytesPerCacheElement: cacheType.bytesPerElement, at: point)
    } catch let error as LayoutError {
      throw degreeValue?.error("\(error)") ?? yaml.error("\(error)")
    } catch let error as InputError {
      throw yaml.error(error.problem, expected: error.expectation)
    }
  }

  /// Time and power were fitted on caches as the model sheets have them.
  private static func cacheWarnings(
    _ replica: RooflineReplicaModel, _ devices: DeviceCatalog
  ) throws -> [String] {
    let fitted = try devices.model(named: replica.model.name).bytesPerCacheElement
    guard replica.model.bytesPerCacheElement != fitted else { return [] }
    return [
      "\(replica.model.name) on \(replica.gpu.name): a KV cache of "
        + "\(NumberText.of(replica.model.bytesPerCacheElement)) byte an element (kv_cache_dtype), "
        + "time and power fitted on \(NumberText.of(fitted))"
    ]
  }
}

/// What a pool's engine is asked to be, and what of that is odd.
private struct PoolEngine {
  var settings: EngineSettings
  var warnings: [String] = []
  /// A whole command line says nothing of the prefix cache, which vLLM then has.
  var leavesCachingToEngine: Bool {
    hasCommand && settings["enable_prefix_caching"] == nil
  }
  private var hasCommand = false

  init(settings: EngineSettings) { self.settings = settings }

  mutating func note(
    _ line: ServeLine, pool: String, model: String, among models: [ModelSheet]
  ) throws {
    hasCommand = hasCommand || line.isCommand
    if let served = line.model {
      warnings += try ServedModel(written: served, models: models)
        .warnings(servedBy: pool, as: model)
    }
    guard !line.unmodelled.isEmpty else { return }
    warnings.append(
      "pool \(pool): engine arguments that are not modelled are left out of account: "
        + line.unmodelled.joined(separator: ", "))
  }
}
