internal import DeviceModels

/// How each kind of sheet is written.
extension DeviceCatalog {
  static func gpu(_ yaml: YAMLMapping) throws -> GPUSheet {
    func peak(_ key: String, _ unit: String) throws -> Double {
      try yaml[key].measured(unit: unit, .positive).value
    }
    let nodeSize = try yaml["gpus_per_node"]
    guard let gpusPerNode = Int(exactly: try nodeSize.measured(unit: "1", .atLeast(1)).value)
    else { throw nodeSize.isNot("a whole number") }
    var sheet = GPUSheet(
      name: try yaml["name"].name(), title: try yaml["title"].string(),
      peakBF16FlopsPerSecond: try peak("peak_bf16", "FLOP/s"),
      memoryBytesPerSecond: try peak("memory_bandwidth", "byte/s"),
      memoryBytes: try peak("memory", "byte"),
      thermalDesignPower: try peak("thermal_design_power", "W"),
      leastPowerCap: try peak("least_power_cap", "W"), minimumClock: try peak("min_clock", "MHz"),
      maximumClock: try peak("max_clock", "MHz"),
      linkBytesPerSecond: try peak("link_bandwidth", "byte/s"),
      gpusPerNode: gpusPerNode)
    func peakIfAny(_ key: String) throws -> Double? {
      try yaml.optional(key)?.measured(unit: "FLOP/s", .positive).value
    }
    sheet.peakFP8FlopsPerSecond = try peakIfAny("peak_fp8")
    sheet.peakFP4FlopsPerSecond = try peakIfAny("peak_fp4")
    sheet.aliases = try yaml.optional("aliases")?.list { try $0.string() } ?? []
    return sheet
  }

  static func node(_ yaml: YAMLMapping) throws -> NodeSheet {
    NodeSheet(
      name: try yaml["name"].name(), title: try yaml["title"].string(),
      gpuCount: try yaml["gpus"].int(in: 1...), measuredGPU: try yaml["measured_gpu"].name(),
      hostPower: try yaml["host_power"].measured(unit: "W", .nonNegative).value,
      wattsPerGPUWatt: try yaml["watts_per_gpu_watt"].measured(unit: "1", .atLeast(1)).value,
      relativeError: try yaml["relative_error"].measured(unit: "1", .nonNegative).value)
  }

  static func meter(_ yaml: YAMLMapping) throws -> PowerMeter {
    PowerMeter(
      name: try yaml["name"].name(), title: try yaml["title"].string(),
      averagingSeconds: try yaml["averaging"].measured(unit: "s", .positive).value,
      samplingPeriod: try yaml["sampling_period"].measured(unit: "s", .positive).value,
      sampledShare: try yaml["sampled_share"].measured(unit: "1", .positiveFraction).value)
  }

  static func facility(_ yaml: YAMLMapping) throws -> FacilitySheet {
    FacilitySheet(
      name: try yaml["name"].name(), title: try yaml["title"].string(),
      powerUsageEffectiveness: try yaml["power_usage_effectiveness"]
        .measured(unit: "1", .atLeast(1)).value)
  }
}
