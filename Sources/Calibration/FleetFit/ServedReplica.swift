internal import DeviceModels
internal import FleetEngine
internal import Scenarios

/// A replica that somebody measured: model, GPU and layout, with what its engine may hold.
struct ServedReplica: Sendable {
  let gpu: GPUSheet
  let model: ModelSheet
  let layout: ReplicaLayout
  /// Most tokens of an iteration.
  let tokenBudget: Int
  /// Tokens that its KV cache holds; nil where the engine's options do not say.
  let cacheTokens: Double?
  /// Of the engine's options, what is not modelled.
  var warnings: [String] = []

  func replicaModel(_ parameters: DeviceParameters) throws -> RooflineReplicaModel {
    try ReplicaMemo.shared.replica(gpu, model, layout, parameters)
  }

  /// Runs of equal name are of the same kind: what is left out together in cross-validation.
  var name: String {
    let format = model.weightFormat == .fp8 ? " fp8" : ""
    let spread = layout.distributesExperts ? " ep" : ""
    return "\(model.name)\(format) tp\(layout.tensorParallelDegree)\(spread)"
  }
}

/// What the user says where the logs do not.
public struct FleetDefaults: Sendable {
  public var gpu: String?
  public var model: String?
  public var tensorParallelDegree: Int?
  /// Options of `vllm serve`.
  public var engineArguments: String?
  /// Mean prompt of rows that name none, tokens.
  public var promptTokens: Double?

  public init(
    gpu: String? = nil, model: String? = nil, tensorParallelDegree: Int? = nil,
    engineArguments: String? = nil, promptTokens: Double? = nil
  ) {
    self.gpu = gpu
    self.model = model
    self.tensorParallelDegree = tensorParallelDegree
    self.engineArguments = engineArguments
    self.promptTokens = promptTokens
  }
}

/// Finds the sheets behind the names in logs.
struct ReplicaFinder {
  /// vLLM's default of `max_num_batched_tokens` for serving.
  private static let usualTokenBudget = 8192

  let catalog: Catalog
  let defaults: FleetDefaults

  /// The replica that a log describes; the log's own words come before the user's defaults.
  func replica(_ facts: RunFacts, at place: LogPlace) throws -> ServedReplica {
    let model = try self.model(facts.model, at: place)
    let gpu = try self.gpu(facts.gpu, at: place)
    guard facts.dataParallelDegree == 1 else {
      throw place.error(
        "attention ran in \(facts.dataParallelDegree) copies (data parallel), which no replica "
          + "of the model does", expected: "data_parallel 1")
    }
    let degree = facts.tensorParallelDegree ?? defaults.tensorParallelDegree ?? 1
    guard let arguments = defaults.engineArguments else {
      let layout = ReplicaLayout(
        tensorParallelDegree: degree, distributesExperts: facts.distributesExperts,
        expertTraffic: facts.isNarrow ? .narrow : .mixed)
      return ServedReplica(
        gpu: gpu, model: model, layout: layout, tokenBudget: Self.usualTokenBudget,
        cacheTokens: nil)
    }
    let pool = try self.pool(
      gpu: gpu.name, model: model.name, degree: degree, facts, arguments, at: place)
    return ServedReplica(
      gpu: gpu, model: pool.replica.model, layout: pool.replica.layout,
      tokenBudget: pool.limits.iterationTokenBudget,
      cacheTokens: Double(pool.limits.kvBlockCount * pool.limits.tokensPerBlock),
      warnings: pool.warnings)
  }

  /// The engine's options are read as a scenario reads them.
  private func pool(
    gpu: String, model: String, degree: Int, _ facts: RunFacts, _ arguments: String,
    at place: LogPlace
  ) throws -> PoolSpecification {
    let says = arguments.contains("tensor-parallel") || arguments.contains("-tp")
    let spreads = arguments.contains("expert-parallel") || arguments.contains("-ep")
    let ofLog =
      (says ? [] : ["--tensor-parallel-size \(degree)"])
      + (facts.distributesExperts && !spreads ? ["--enable-expert-parallel"] : [])
      + (facts.isNarrow && !arguments.contains("expert-traffic")
        ? ["--expert-traffic narrow"] : [])
    let text = """
      seed: 1
      workload:
        requests: 2
        arrivals: {process: closed-loop, concurrency: 1}
        tasks: [{name: logged, prompt: 1, output: 1}]
      fleet:
        pools:
          - {name: logged, model: \(model), gpu: \(gpu), replicas: 1}
      arms: [{name: logged, model: \(model), strategy: direct}]
      policies: [{name: logged, choose: {arm: logged}, route: least-loaded}]
      """
    let scenario = try Scenario.parse(
      text: text, file: place.file, catalog: catalog,
      engineArguments: [([arguments] + ofLog).joined(separator: " ")])
    return scenario.pools[0]
  }

  private func model(_ written: String?, at place: LogPlace) throws -> ModelSheet {
    if let written, let found = Self.model(written, catalog.devices) { return found }
    if let name = defaults.model { return try catalog.devices.model(named: name) }
    guard let written else {
      throw place.error("the log names no model", expected: "--model NAME")
    }
    throw place.error(
      "no model is called \"\(written)\"", expected: "a model of the catalog, or --model NAME",
      suggestion: NearestName.to(
        Self.lastPart(written), among: catalog.devices.models.map(\.title)))
  }

  /// By name, by its publisher's name for it, or by the last part of a path.
  private static func model(_ written: String, _ devices: DeviceCatalog) -> ModelSheet? {
    if let model = try? devices.model(named: written) { return model }
    let last = alike(written)
    return devices.models.first { alike($0.title) == last || $0.name == last }
  }

  /// A checkpoint's name without its publisher; Llama 3.3 has the shape of 3.1.
  private static func alike(_ checkpoint: String) -> String {
    lastPart(checkpoint).replacing("meta-llama-", with: "llama-")
      .replacing("llama-3.3-70b", with: "llama-3.1-70b")
  }

  private static func lastPart(_ path: String) -> String {
    (path.split(separator: "/").last.map(String.init) ?? path).lowercased()
  }

  private func gpu(_ written: String?, at place: LogPlace) throws -> GPUSheet {
    if let written, let found = Self.gpu(written, catalog.devices) { return found }
    if let name = defaults.gpu { return try catalog.devices.gpu(named: name) }
    guard let written else { throw place.error("the log names no GPU", expected: "--gpu NAME") }
    throw place.error(
      "no GPU is called \"\(written)\"", expected: "--gpu NAME",
      suggestion: NearestName.to(written, among: catalog.devices.gpuNames))
  }

  /// By name, or by the words of what the driver calls it: `NVIDIA H100 80GB HBM3`.
  static func gpu(_ written: String, _ devices: DeviceCatalog) -> GPUSheet? {
    if let gpu = try? devices.gpu(named: written) { return gpu }
    let words = Set(
      written.lowercased().split { !$0.isLetter && !$0.isNumber }.flatMap { word in
        [String(word), String(word.prefix { $0.isLetter })]
      })
    let matches = devices.gpus.compactMap { gpu -> (gpu: GPUSheet, score: Int)? in
      let parts = gpu.name.split(separator: "-").map(String.init)
      guard let chip = parts.first, words.contains(chip) else { return nil }
      return (gpu, parts.count { words.contains($0) })
    }
    let best = matches.map(\.score).max()
    return matches.first { $0.score == best && $0.gpu.name.contains("sxm") }?.gpu
      ?? matches.first { $0.score == best }?.gpu
  }
}
