internal import DeviceModels

/// What a pool, or a policy in its place, sets of clock and power limit.
struct OperatingPointReader {
  var clock: YAMLValue?
  var cap: YAMLValue?

  init() {}

  /// Asks `yaml` for both keys.
  init(_ yaml: YAMLMapping) {
    clock = yaml.optional("clock_mhz")
    cap = yaml.optional("cap_w")
  }

  var isEmpty: Bool { clock == nil && cap == nil }

  /// The values that `other` has take the place of these.
  mutating func override(by other: Self) {
    clock = other.clock ?? clock
    cap = other.cap ?? cap
  }

  /// The point on a GPU, within what its driver accepts.
  func point(on gpu: GPUSheet) throws -> OperatingPoint {
    OperatingPoint(
      clockMegahertz: try clock?.double(.between(gpu.minimumClock...gpu.maximumClock)),
      capWatts: try cap?.double(.between(gpu.leastPowerCap...gpu.thermalDesignPower)))
  }
}

/// What a policy asks of every pool in the place of what the fleet says.
struct PolicyDemands {
  var engine = EngineSettings()
  var operatingPoint = OperatingPointReader()
}
