internal import DeviceModels
internal import FleetEngine

/// Reads the `fleet` of a scenario.
struct FleetReader {
  var devices: DeviceCatalog
  /// From which the paths of fit files and models' configurations count.
  var folder = "."
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
    try Self.checkShapes(pools, at: yaml)
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
    let model = try ModelFinder(devices: devices, folder: folder).sheet(yaml["model"])
    let gpu = try gpuName(yaml["gpu"])
    let own = yaml.optional("tensor_parallel_size")
    let replicaCount = try yaml["replicas"].int(in: 1...65_536)
    let engine = try engine(yaml, ownDegree: own, pool: name, model: model)
    let (fitted, digest) = try fittedDevices(yaml.optional("calibration"), gpu: gpu)
    var reader = self
    reader.devices = fitted
    let replica = try reader.replica(
      yaml, gpu: gpu, model: engine.model(model), engine.settings, node: node)
    let (limits, rules) = try EngineReader(replica: replica, pool: yaml).read(engine.settings)
    return PoolSpecification(
      name: name, replicaCount: replicaCount, limits: limits, rules: rules, replica: replica,
      warnings: engine.warnings + Self.cacheWarnings(replica, model),
      leavesCachingToEngine: engine.leavesCachingToEngine, calibrationSHA256: digest)
  }

  /// The catalog with the numbers of the pool's own fit file, and that file's digest.
  private func fittedDevices(
    _ value: YAMLValue?, gpu: String
  ) throws -> (DeviceCatalog, String?) {
    guard let value else { return (devices, nil) }
    let path = InputFile.resolve(try value.string(), from: folder)
    if let problem = InputFile.problem(at: path) {
      throw value.error(
        "\(path): \(problem.problem)", expected: "a file that joulefleet calibrate fit wrote",
        suggestion: problem.suggestion)
    }
    let fit = try devices.fit(path: path)
    guard fit.gpu == gpu else {
      throw value.error(
        "\(path) is a fit of \(fit.gpu)", expected: "a fit of \(gpu), the pool's GPU")
    }
    return (devices.replacing(fit), SHA256.hexadecimal(of: try InputFile.text(at: path).utf8))
  }

  /// What the pool and the command line ask of its engine.
  private func engine(
    _ yaml: YAMLMapping, ownDegree: YAMLValue?, pool: String, model: ModelSheet
  ) throws -> PoolEngine {
    var settings = EngineSettings()
    settings["tensor_parallel_size"] = ownDegree
    if let engine = yaml.optional("engine") {
      try settings.merge(engine.mapping { EngineSettings($0) })
    }
    var result = PoolEngine(settings: settings)
    if let line = try yaml.optional("engine_args").map({ try ServeLine($0) }) {
      try result.settings.merge(line.settings)
      try result.note(line, pool: pool, model: model, among: devices.models + [model])
    }
    result.settings.override(by: ofPolicy.engine)
    for override in overrides where override.pool == nil || override.pool == pool {
      let line = try override.line()
      result.settings.override(by: line.settings)
      try result.note(line, pool: pool, model: model, among: devices.models + [model])
    }
    return result
  }

  private func layout(
    _ settings: EngineSettings, degree: Int
  ) throws -> ReplicaLayout {
    ReplicaLayout(
      tensorParallelDegree: degree,
      distributesExperts: try settings["enable_expert_parallel"]?.bool() ?? false,
      expertTraffic: try settings["expert_traffic"]?.choice(of: ExpertTraffic.self) ?? .mixed)
  }

  private func replica(
    _ yaml: YAMLMapping, gpu: String, model: ModelSheet, _ settings: EngineSettings,
    node: NodeSheet?
  ) throws -> RooflineReplicaModel {
    let degreeValue = settings["tensor_parallel_size"]
    let largestDegree = try node?.gpuCount ?? devices.gpu(named: gpu).gpusPerNode
    let degree = try degreeValue?.int(in: 1...largestDegree) ?? 1
    var setting = OperatingPointReader(yaml)
    setting.override(by: ofPolicy.operatingPoint)
    let point = try setting.point(on: devices.gpu(named: gpu))
    let loaded = try model.asLoaded(by: settings)
    let layout = try layout(settings, degree: degree)
    do {
      return try devices.replicaModel(gpu: gpu, model: loaded, layout: layout, at: point)
    } catch let error as LayoutError {
      throw degreeValue?.error("\(error)") ?? yaml.error("\(error)")
    } catch let error as InputError {
      throw yaml.error(error.problem, expected: error.expectation)
    }
  }

  /// One of the catalog's, by any of its names, that has a fit.
  private func gpuName(_ value: YAMLValue) throws -> String {
    let written = try value.string()
    let names = devices.gpuNames
    if let gpu = devices.gpuIfKnown(written) {
      guard !names.contains(gpu.name) else { return gpu.name }
      throw value.error(
        "\(gpu.name) has a data sheet and no fit of its time and power",
        expected: InputError.oneOf(names))
    }
    throw value.isNot(InputError.oneOf(names), suggestion: devices.nearestGPUName(to: written))
  }

  /// Models of one name are one model: arms and tasks know them by it.
  private static func checkShapes(
    _ pools: [PoolSpecification], at yaml: YAMLMapping
  ) throws(InputError) {
    for (index, pool) in pools.enumerated() {
      guard
        let other = pools[..<index].first(where: {
          $0.modelName == pool.modelName && !$0.replica.model.hasShape(of: pool.replica.model)
        })
      else { continue }
      throw yaml.error(
        "pools \(other.name) and \(pool.name) have models of one name, \(pool.modelName), and of "
          + "different shapes", expected: "a name for each: that of the folder of its config.json")
    }
  }

  /// Time and power were fitted on caches as the model sheets have them. What weights they were
  /// fitted on, the fit's range says.
  private static func cacheWarnings(
    _ replica: RooflineReplicaModel, _ sheet: ModelSheet
  ) -> [String] {
    guard replica.model.bytesPerCacheElement != sheet.bytesPerCacheElement else { return [] }
    return [
      "\(replica.model.name) on \(replica.gpu.name): a KV cache of "
        + "\(NumberText.of(replica.model.bytesPerCacheElement)) byte an element "
        + "(kv_cache_dtype), time and power fitted on "
        + NumberText.of(sheet.bytesPerCacheElement)
    ]
  }
}

extension ModelSheet {
  /// The sheet with weights and cache as an engine is told to keep them.
  fileprivate func asLoaded(by settings: EngineSettings) throws -> ModelSheet {
    var sheet = self
    if let value = settings["quantization"],
      let format = try WeightQuantization.read(value, of: self)
    {
      sheet.weightFormat = format
    }
    let cache = try settings["kv_cache_dtype"].map(KVCacheType.read) ?? .ofModel
    if let bytes = cache.bytesPerElement { sheet.bytesPerCacheElement = bytes }
    return sheet
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
  /// What the name of the model in a command line says of its weights.
  private var servedFormat: WeightFormat?

  init(settings: EngineSettings) { self.settings = settings }

  mutating func note(
    _ line: ServeLine, pool: String, model: ModelSheet, among models: [ModelSheet]
  ) throws {
    hasCommand = hasCommand || line.isCommand
    if let written = line.model {
      let served = ServedModel(written: written, models: models)
      warnings += try served.warnings(servedBy: pool, as: model, isCertain: line.namesModel)
      servedFormat = try served.weightFormat() ?? servedFormat
    }
    guard !line.unmodelled.isEmpty else { return }
    warnings.append(
      "pool \(pool): engine arguments that are not modelled are left out of account: "
        + line.unmodelled.joined(separator: ", "))
  }

  /// The pool's model in the format of the checkpoint that a command line serves.
  func model(_ sheet: ModelSheet) -> ModelSheet {
    var sheet = sheet
    sheet.weightFormat = servedFormat ?? sheet.weightFormat
    return sheet
  }
}
