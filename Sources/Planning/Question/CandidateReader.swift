internal import DeviceModels
internal import Scenarios

/// Reads the candidates of a plan: every combination of what each entry lists.
struct CandidateReader {
  let text: String
  let file: String
  /// By which a GPU has one name, however it is written.
  let devices: DeviceCatalog

  private static let mostFamilies = 1000

  /// The families of all entries, each once.
  func read(_ value: YAMLValue) throws -> [PlanFamily] {
    var index = 0
    let lists = try value.list { entry in
      defer { index += 1 }
      return try entry.mapping { try families($0, path: "plan.candidates.\(index)") }
    }
    let all = lists.flatMap(\.self)
    guard all.count <= Self.mostFamilies else {
      throw value.error(
        "the candidates are \(all.count) families", expected: "at most \(Self.mostFamilies)")
    }
    var seen: Set<PlanFamily> = []
    return all.filter { seen.insert($0).inserted }
  }

  /// The fleet that stands there, as entries with `replicas`: one arm, or the pools of a mix.
  func inPlace(_ value: YAMLValue) throws -> PlacedFleet {
    try value.mapping { yaml in
      let family = try families(yaml, path: "plan.in_place")
      guard family.count == 1 else {
        throw value.error("in_place is \(family.count) fleets", expected: "one value of each key")
      }
      let replicas = try Self.values(yaml["replicas"]) { try $0.int(in: 1...65_536) }
      guard replicas.count == family[0].pools.count else {
        throw value.error(
          "in_place has \(replicas.count) numbers of replicas",
          expected: "one for each pool: \(family[0].pools.count)")
      }
      return PlacedFleet(family: family[0], replicas: replicas)
    }
  }

  private func families(_ yaml: YAMLMapping, path: String) throws -> [PlanFamily] {
    guard let mix = yaml.optional("mix") else {
      return try arms(yaml, path: path).map { PlanFamily(arms: [$0], choice: "") }
    }
    guard mix.isMapping,
      let choice = try ScenarioVariant.value(at: "\(path).mix", in: text, file: file)
    else { throw mix.isNot("how a policy chooses, as {threshold: difficulty, at: 0.6, …}") }
    let sides = try ["below", "above"].map { side in
      try yaml[side].mapping { try arms($0, path: "\(path).\(side)") }
    }
    return sides[0].flatMap { below in
      sides[1].map { PlanFamily(arms: [below, $0], choice: choice) }
    }
  }

  private func arms(_ yaml: YAMLMapping, path: String) throws -> [PlanFamily.Arm] {
    let models = try Self.values(yaml["model"]) { try $0.string() }
    let gpus = try Self.values(yaml["gpu"]) { value in
      let written = try value.string()
      return (try? devices.gpu(named: written))?.name ?? written
    }
    let degrees =
      try yaml.optional("tensor_parallel_size").map {
        try Self.values($0) { try $0.int(in: 1...1024) }
      } ?? [1]
    let caps: [Double?] =
      try yaml.optional("cap_w").map { try Self.values($0) { try $0.double(.positive) } } ?? [nil]
    let strategies =
      try yaml.optional("strategy").map { try Self.values($0) { try $0.string() } } ?? ["direct"]
    let engine =
      try yaml.optional("engine") == nil
      ? "" : ScenarioVariant.flowValue(at: "\(path).engine", in: text, file: file) ?? ""
    return models.flatMap { model in
      gpus.flatMap { gpu in
        degrees.flatMap { degree in
          caps.flatMap { cap in
            strategies.map { strategy in
              PlanFamily.Arm(
                pool: PlanPool(
                  model: model, gpu: gpu, tensorParallel: degree, capWatts: cap, engine: engine),
                strategy: strategy)
            }
          }
        }
      }
    }
  }

  /// One value, or a list of them.
  private static func values<Value>(
    _ value: YAMLValue, _ read: (YAMLValue) throws -> Value
  ) throws -> [Value] {
    guard value.isList else { return [try read(value)] }
    return try value.list { try read($0) }
  }
}
