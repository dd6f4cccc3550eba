public import DeviceModels

/// The fitted numbers of one GPU as their file holds them, each with its source and error.
public struct DeviceFit: Sendable {
  /// The GPU's name.
  public var gpu: String
  public var parameters: DeviceParameters
  /// Each number with unit, source and standard error, by section and key.
  public var measured: [String: [String: Measured]]
  /// What it was fitted on, where that is the logs of somebody's own fleet.
  public var fleet: FleetFitRecord?

  /// Reads a `.fit.yaml`; throws an `InputError` for the first thing wrong.
  public static func load(path: String) throws -> DeviceFit {
    try YAMLDocument.read(path: path, read)
  }

  /// The GPU whose tables a kernel's surface was fitted on, by kind; the others follow their
  /// rooflines.
  public var surfaceSources: [KernelKind: String] = [:]

  static func read(_ yaml: YAMLMapping) throws -> DeviceFit {
    var fit = DeviceFit(gpu: try yaml["gpu"].name(), parameters: .blank, measured: [:])
    for section in DeviceFitSchema.sections {
      fit.measured[section.name] = try yaml[section.name].mapping { yaml in
        try fit.readSection(section, yaml)
      }
    }
    fit.surfaceSources =
      try yaml.optional("kernel_surfaces")?.mapping { yaml in
        var sources: [KernelKind: String] = [:]
        for kind in KernelKind.allCases { sources[kind] = try yaml.optional(kind.rawValue)?.name() }
        return sources
      } ?? [:]
    try yaml["calibrated_range"].mapping { yaml in
      fit.parameters.engineRange = try yaml["engine"].mapping(range)
      fit.parameters.powerRange = try yaml.optional("power")?.mapping(range)
      fit.parameters.clockRange = try yaml["clock"].mapping(clockRange)
    }
    fit.fleet = try yaml.optional("fleet")?.mapping { try FleetFitRecord($0) }
    return fit
  }

  private mutating func readSection(
    _ section: DeviceFitSchema.Section, _ yaml: YAMLMapping
  ) throws -> [String: Measured] {
    let source = try yaml["source"].string()
    _ = try yaml.optional("rows")?.int(in: 1...)
    var numbers: [String: Measured] = [:]
    for entry in section.entries {
      let number = try yaml[entry.key].measured(
        unit: entry.unit, entry.bounds, defaultSource: source)
      numbers[entry.key] = number
      parameters[keyPath: entry.path] = number.value
    }
    return numbers
  }

  private static func clockRange(_ yaml: YAMLMapping) throws -> ClockRange {
    ClockRange(
      clockGPU: try yaml.optional("clock_gpu")?.name(),
      capGPU: try yaml.optional("cap_gpu")?.name(),
      leastClockShare: try yaml["least_clock_share"].double(.positiveFraction),
      leastCapShare: try yaml["least_cap_share"].double(.positiveFraction))
  }

  private static func kinds(_ value: YAMLValue) throws -> Set<ServedKind> {
    Set(
      try value.list { entry in
        let name = try entry.choice(among: ServedKind.all.map(\.name))
        return ServedKind.all.first { $0.name == name } ?? .dense
      })
  }

  private static func range(_ yaml: YAMLMapping) throws -> CalibratedRange {
    func bounds(_ key: String) throws -> ClosedRange<Int> {
      let value = try yaml[key]
      let ends = try value.list(atLeast: 2) { try $0.int(in: 0...) }
      guard ends.count == 2, ends[0] <= ends[1] else { throw value.isNot("[least, most]") }
      return ends[0]...ends[1]
    }
    return CalibratedRange(
      gpu: try yaml["gpu"].name(), decodeRows: try bounds("decode_rows"),
      contextTokens: try bounds("context_tokens"),
      promptTokens: try bounds("prompt_tokens"),
      modelParameters: try bounds("model_parameters"),
      tensorParallelDegrees: try bounds("tensor_parallel"),
      kinds: try yaml.optional("kinds").map(kinds) ?? [.dense],
      narrowTrafficGPU: try yaml.optional("narrow_traffic_gpu")?.name())
  }
}
