internal import DeviceModels
internal import FleetEngine

/// Reads the `fleet` of a scenario.
struct FleetReader {
  let devices: DeviceCatalog

  func read(
    _ yaml: YAMLMapping
  ) throws -> (pools: [PoolSpecification], surroundings: FleetSurroundings) {
    let node = try yaml.optional("node").map {
      try devices.node(named: $0.choice(among: devices.nodeNames))
    }
    let effectiveness = try powerUsageEffectiveness(yaml)
    var names = UniqueNames("pool")
    let pools = try yaml["pools"].list { entry in
      try entry.mapping { try pool($0, node: node, &names) }
    }
    return (pools, FleetSurroundings(node: node, powerUsageEffectiveness: effectiveness))
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
    let degreeValue = yaml.optional("tensor_parallel_size")
    let largestDegree = try node?.gpuCount ?? devices.gpu(named: gpu).gpusPerNode
    let degree = try degreeValue?.int(in: 1...largestDegree) ?? 1
    let replicaCount = try yaml["replicas"].int(in: 1...65_536)
    let replica: RooflineReplicaModel
    do {
      replica = try devices.replicaModel(gpu: gpu, model: model, tensorParallel: degree)
    } catch let error as LayoutError {
      throw degreeValue?.error("\(error)") ?? yaml.error("\(error)")
    } catch let error as InputError {
      throw yaml.error(error.problem, expected: error.expectation)
    }
    let limits = try EngineReader(replica: replica, pool: yaml).read(yaml.optional("engine"))
    return PoolSpecification(
      name: name, replicaCount: replicaCount, limits: limits, replica: replica)
  }
}
