internal import AnswerModels
internal import DeviceModels
internal import Foundation

/// Reads a whole scenario; each part has a reader of its own.
struct ScenarioReader {
  let catalog: Catalog
  /// As the user gave it.
  let file: String
  let text: String
  let tracePath: String?
  let seed: UInt64?
  /// Options of engines, for every pool or `POOL=…` for one.
  let engineArguments: [String]

  /// From which relative paths count.
  private var folder: String { URL(filePath: file).deletingLastPathComponent().relativePath }

  func read() throws -> Scenario {
    try YAMLDocument.read(text: text, file: file) { try scenario($0) }
  }

  private func scenario(_ yaml: YAMLMapping) throws -> Scenario {
    let url = URL(filePath: file)
    let question = try yaml.optional("question")?.string()
    let ownSeed = try yaml["seed"].unsigned()
    let workloadValue = try yaml["workload"]
    let demand = try workloadValue.mapping {
      try WorkloadReader(
        sheets: catalog.tasks, tracePath: tracePath,
        folder: folder
      ).read($0)
    }
    let workload = demand.workload
    let fleetValue = try yaml["fleet"]
    let fleet = try self.fleet(fleetValue)
    let armsValue = try yaml["arms"]
    let sheets = workload.tasks.map { $0.sheet }
    let models = ModelFinder(devices: catalog.devices, folder: folder)
    let arms = try ArmReader(pools: fleet.pools, sheets: sheets, models: models).read(armsValue)
    var pool = demand.pool
    try pool?.bind(arms, at: workloadValue)
    let policiesValue = try yaml["policies"]
    let knowsDifficulty = !workload.tasks.isEmpty
    let objectives =
      try yaml.optional("objectives")?.mapping(ObjectiveReader.objectives)
      ?? ObjectiveReader.Objectives()
    let policies = try PolicyReader(
      choices: ArmChoiceReader(
        arms: arms, knowsDifficulty: knowsDifficulty, columns: workload.features(pool),
        folder: folder,
        judgesAnswers: pool != nil || sheets.contains { $0.itemResponse != nil }),
      routes: RouteReader(objective: objectives.objective),
      pools: { try self.fleet(fleetValue, ofPolicy: $0).pools }
    ).read(policiesValue)
    let allPools = fleet.pools + policies.flatMap { $0.pools ?? [] }
    let checks = ServingChecks(demand: demand, pools: allPools)
    try checks.check(at: workloadValue)
    let measurementValue = yaml.optional("measurement")
    let measurement =
      try measurementValue?.mapping {
        try ObjectiveReader.measurement($0, workload: workload)
      } ?? ObjectiveReader.defaultMeasurement
    let name = url.deletingPathExtension().lastPathComponent
    let expectations = try yaml.optional("expectations")?.mapping {
      try ExpectationReader(
        scenario: name, policies: policies.map(\.name), tasks: workload.tasks.map(\.name)
      ).read($0)
    }
    let comparison = try yaml.optional("comparison")?.mapping(ComparisonSpecification.init)
    var scenario = Scenario(
      name: name, question: question ?? "",
      sha256: SHA256.hexadecimal(of: text.utf8), calibrationSHA256: calibrationDigest(allPools),
      seed: seed ?? ownSeed, engineArguments: engineArguments, workload: workload,
      askers: demand.askers,
      maxConcurrency: demand.maxConcurrency, pools: fleet.pools,
      surroundings: fleet.surroundings, arms: arms, policies: policies,
      routerMemory: try policies.contains { $0.choice.isJoint } ? catalog.routerMemory() : nil,
      objective: objectives.objective,
      prices: objectives.prices, grid: objectives.grid,
      measurement: measurement, expectations: expectations,
      warnings: warnings(allPools, fleet.surroundings) + checks.warnings,
      answers: try answers(sheets, arms, pool, seed: seed ?? ownSeed, at: armsValue))
    scenario.text = text
    if let comparison { scenario.comparison = comparison }
    scenario.pool = pool
    scenario.sources = scenario.calibrationSources(of: catalog)
    try scenario.checkLength(workload: workloadValue, measurement: measurementValue)
    return scenario
  }

  private func fleet(
    _ value: YAMLValue, ofPolicy demands: PolicyDemands = PolicyDemands()
  ) throws -> (pools: [PoolSpecification], surroundings: FleetSurroundings) {
    try value.mapping { yaml in
      try FleetReader(
        devices: catalog.devices, folder: folder, ofPolicy: demands,
        overrides: engineArguments.map { EngineOverride($0) }
      ).read(yaml)
    }
  }

  /// The catalog's digest, with those of the fit files that pools name.
  private func calibrationDigest(_ pools: [PoolSpecification]) -> String {
    let own = pools.compactMap(\.calibrationSHA256).unique
    guard !own.isEmpty else { return catalog.sha256 }
    return SHA256.hexadecimal(of: ([catalog.sha256] + own).joined(separator: "\n").utf8)
  }

  private func answers(
    _ sheets: [TaskSheet], _ arms: [ArmSpecification], _ pool: QueryPoolInput?, seed: UInt64,
    at value: YAMLValue
  ) throws -> any AnswerModel {
    if let pool { return pool.answers(pool.draw(seed: seed), seed: seed) }
    guard !sheets.isEmpty else { return RecordedAnswers() }
    do {
      return try ItemResponseAnswers(tasks: sheets, arms: arms, seed: seed)
    } catch {
      throw value.error("\(error)")
    }
  }

  private func warnings(
    _ pools: [PoolSpecification], _ surroundings: FleetSurroundings
  ) -> [String] {
    let warnings =
      pools.flatMap(\.replica.standingExtrapolations).unique + pools.flatMap(\.warnings).unique
    guard let node = surroundings.node else {
      return warnings + ["the fleet names no node: node energy equals GPU energy"]
    }
    return warnings + [node.extrapolation(to: pools.map(\.replica.gpu.name))].compactMap { $0 }
  }
}
