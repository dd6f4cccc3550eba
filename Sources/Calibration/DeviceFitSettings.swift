internal import Foundation
internal import Scenarios

/// What the fit needs besides the measurements, from `calibration/device-fit.yaml`.
struct DeviceFitSettings {
  /// Which rows of the kernel tables resemble what a served model runs.
  struct KernelLimits {
    let weightElements: ClosedRange<Double>
    let mostTokens: Double
    let headDimension: Double
    let mostHeads: Double
    let mostCacheHeads: Double
    let mostHeadsPerCacheHead: Double
    let mostRows: Int
    let leastPowerLatency: Double
    let leastAllReduceBytes: Double
  }

  /// GPU power of the server whose wall power was logged.
  struct Node {
    let gpu: String
    let gpuCount: Int
    let idleGPUPower: Double
    let gptjCap: Double
    let stableDiffusionCap: Double
    let bertCap: Double
  }

  /// What is known of the answer to clocks and caps beside the measured optima.
  struct ClockResponse {
    let memoryShare: Measured
    let memoryKnee: Measured
    let kneeBend: Measured
    let gptjThroughput: Double
    let idleV100: Double
  }

  let kernelLimits: KernelLimits
  let surfaces: SurfaceSettings
  let clockResponse: ClockResponse
  let lossScale: Double
  /// Rows of the harness from which on they tell a kind of kernel.
  let leastMeasuredRows: Int
  /// Mean prompt length by the name of the set of measurements or its task.
  let promptTokens: [String: Double]
  /// Most tokens of an iteration (`max_num_batched_tokens`) in the measured engines.
  let tokenBudget: Int
  let frontenacOutputTokens: Double
  let engineDefaults: EngineDefaults
  /// How a host that the GPU outruns handles rows beside it.
  let rowOverlapOrder: Measured
  /// GPU, task and checkpoint of runs that no engine is fitted on.
  let hostStarvedRuns: [String]
  /// Tasks whose queries are of one kind of subject.
  let narrowTasks: [String]
  /// Models whose measurements another engine than the modelled one served.
  let unmodelledServing: [String]
  let olderEngineWeight: Double
  let capShare: Measured
  let capOrder: Measured
  /// Power of sampling over the cap.
  let samplingCapShare: Measured
  /// Power of communication over the cap.
  let communicationCapShare: Measured
  /// Power of a kernel that uses nothing over idle power.
  let kernelFloorIdleShare: Measured
  let bandwidthExponent: Measured
  let computeExponent: Measured
  /// Assumed numbers of the fits' section of that name, by key.
  let activations: [String: Measured]
  /// Bytes of an element in the kernel tables.
  let kernelElementBytes: Double
  /// Rows that eight-bit products compute at a time.
  let fp8TileRows: Measured
  /// Columns of an expert that its kernels take at a time, and of which its width must be a
  /// multiple not to be loaded piecemeal.
  let expertTileWidth: Measured
  let expertAlignment: Measured
  let reservedMemory: Measured
  let communicationMemory: Measured
  let idlePower: [String: Measured]
  let unloadedIdlePower: [String: Measured]
  /// Power asleep over that with nothing loaded.
  let sleepIdleShare: Measured
  let allReduceLatency: [String: Measured]
  let node: Node

  init(calibrationFolder: URL) throws {
    let path = calibrationFolder.appending(path: "device-fit.yaml").path
    self = try YAMLDocument.read(path: path) { try DeviceFitSettings($0) }
  }

  private init(_ yaml: YAMLMapping) throws {
    func number(_ key: String, _ unit: String = "1") throws -> Double {
      try yaml[key].measured(unit: unit, .positive).value
    }
    func numbers(_ key: String, _ unit: String) throws -> [String: Measured] {
      try yaml[key].mapping { yaml in
        var result: [String: Measured] = [:]
        for name in yaml.keys { result[name] = try yaml[name].measured(unit: unit, .positive) }
        return result
      }
    }
    kernelLimits = try yaml["kernel_rows"].mapping { try KernelLimits($0) }
    surfaces = try yaml["surfaces"].mapping { try SurfaceSettings($0) }
    lossScale = try number("loss_scale")
    leastMeasuredRows = Int(try number("least_measured_rows"))
    promptTokens = try numbers("prompt_tokens", "token").mapValues(\.value)
    tokenBudget = Int(try number("token_budget", "token"))
    engineDefaults = EngineDefaults(
      tokensPerBlock: Int(try number("tokens_per_block", "token")),
      memoryUtilization: try yaml["memory_utilization"].measured(
        unit: "1", .positiveFraction
      ).value)
    rowOverlapOrder = try yaml["row_overlap_order"].measured(unit: "1", .between(1...64))
    hostStarvedRuns = try yaml["host_starved_runs"].list(atLeast: 0) { try $0.string() }
    narrowTasks = try yaml["narrow_tasks"].list(atLeast: 0) { try $0.string() }
    unmodelledServing = try yaml["unmodelled_serving"].list(atLeast: 0) { try $0.string() }
    frontenacOutputTokens = try number("frontenac_output_tokens", "token")
    olderEngineWeight = try number("older_engine_weight")
    capShare = try yaml["cap_share"].measured(unit: "1", .positiveFraction)
    capOrder = try yaml["cap_order"].measured(unit: "1", .between(1...64))
    samplingCapShare = try yaml["sampling_cap_share"].measured(unit: "1", .positiveFraction)
    communicationCapShare = try yaml["communication_cap_share"].measured(
      unit: "1", .positiveFraction)
    clockResponse = try yaml["clock_response"].mapping { try ClockResponse($0) }
    kernelFloorIdleShare = try yaml["kernel_floor_idle_share"].measured(unit: "1", .positive)
    activations = try yaml["activations"].mapping { yaml in
      var result: [String: Measured] = [:]
      for entry in GPUFit.entries("activations") {
        result[entry.key] = try yaml[entry.key].measured(unit: entry.unit, entry.bounds)
      }
      return result
    }
    fp8TileRows = try yaml["fp8_tile_rows"].measured(unit: "1", .positive)
    expertTileWidth = try yaml["expert_tile_width"].measured(unit: "1", .positive)
    expertAlignment = try yaml["expert_alignment"].measured(unit: "1", .positive)
    kernelElementBytes = try number("kernel_element_bytes", "byte")
    bandwidthExponent = try yaml["bandwidth_exponent"].measured(unit: "1", .positiveFraction)
    computeExponent = try yaml["compute_exponent"].measured(unit: "1", .positiveFraction)
    reservedMemory = try yaml["reserved_memory"].measured(unit: "byte", .positive)
    communicationMemory = try yaml["communication_memory"].measured(unit: "byte", .positive)
    idlePower = try numbers("idle_power", "W")
    unloadedIdlePower = try numbers("unloaded_idle_power", "W")
    sleepIdleShare = try yaml["sleep_idle_share"].measured(unit: "1", .positive)
    allReduceLatency = try numbers("all_reduce_latency", "s")
    node = try yaml["node"].mapping { try Node($0) }
  }
}

extension DeviceFitSettings.Node {
  fileprivate init(_ yaml: YAMLMapping) throws {
    func watts(_ key: String) throws -> Double {
      try yaml[key].measured(unit: "W", .positive).value
    }
    gpu = try yaml["gpu"].name()
    gpuCount = try yaml["gpus"].int(in: 1...)
    idleGPUPower = try watts("idle_gpu_power")
    gptjCap = try watts("gptj_cap")
    stableDiffusionCap = try watts("stable_diffusion_cap")
    bertCap = try watts("bert_cap")
  }
}

extension DeviceFitSettings.ClockResponse {
  fileprivate init(_ yaml: YAMLMapping) throws {
    memoryShare = try yaml["memory_share"].measured(unit: "1", .fraction)
    memoryKnee = try yaml["memory_knee"].measured(unit: "1", .fraction)
    kneeBend = try yaml["knee_bend"].measured(unit: "1", .positive)
    gptjThroughput = try yaml["gptj_throughput"].measured(unit: "1", .positiveFraction).value
    idleV100 = try yaml["idle_v100"].measured(unit: "W", .positive).value
  }
}

extension DeviceFitSettings.KernelLimits {
  fileprivate init(_ yaml: YAMLMapping) throws {
    func number(_ key: String, _ unit: String = "1") throws -> Double {
      try yaml[key].measured(unit: unit, .positive).value
    }
    weightElements = try number("least_weights")...number("most_weights")
    mostTokens = try number("most_tokens", "token")
    headDimension = try number("head_dimension")
    mostHeads = try number("most_heads")
    mostCacheHeads = try number("most_cache_heads")
    mostHeadsPerCacheHead = try number("most_heads_per_cache_head")
    mostRows = Int(try number("most_rows"))
    leastPowerLatency = try number("least_power_latency", "s")
    leastAllReduceBytes = try number("least_all_reduce", "byte")
  }
}
