internal import FleetEngine
internal import Quantities

/// Reads `objectives` and `measurement`.
enum ObjectiveReader {
  struct Objectives {
    var objective = ServiceLevelObjective()
    var prices: PriceList?
    var grid: GridSpecification?
  }

  static func objectives(_ yaml: YAMLMapping) throws -> Objectives {
    Objectives(
      objective: try yaml.optional("slo")?.mapping(objective) ?? ServiceLevelObjective(),
      prices: try yaml.optional("prices")?.mapping(prices),
      grid: try yaml.optional("grid")?.mapping { yaml in
        GridSpecification(
          carbonGramsPerKilowattHour: try yaml["carbon_g_per_kwh"].double(.between(0...10_000)),
          source: try yaml["source"].string())
      })
  }

  private static func objective(_ yaml: YAMLMapping) throws -> ServiceLevelObjective {
    let objective = ServiceLevelObjective(
      timeToFirstToken: try yaml.optional("ttft_ms")?.milliseconds(),
      timePerOutputToken: try yaml.optional("tpot_ms")?.milliseconds(),
      endToEndLatency: try yaml.optional("e2e_ms")?.milliseconds(),
      timeToFirstAnswerToken: try yaml.optional("answer_ms")?.milliseconds())
    try yaml.finish()
    guard !objective.isEmpty else {
      throw yaml.error("no latency is given", expected: "at least one, or no slo")
    }
    return objective
  }

  private static func prices(_ yaml: YAMLMapping) throws -> PriceList {
    let currency = try yaml["currency"]
    let name = try currency.string()
    guard name.count == 3, name.allSatisfy({ ("A"..."Z").contains($0) }) else {
      throw currency.isNot("three capital letters, as USD")
    }
    return PriceList(
      currency: name,
      electricityPerKilowattHour: try yaml.optional("electricity_per_kwh")?
        .double(.between(0...1e6)) ?? 0,
      gpuHour: try yaml.optional("gpu_hour")?.double(.between(0...1e9)) ?? 0)
  }

  static let defaultMeasurement = MeasurementSpecification(
    warmup: nil, until: nil, seriesInterval: SimDuration(nanoseconds: 1_000_000_000),
    energyScope: .gpu)

  /// A window needs an end: `workload` gives it where it has a duration.
  static func measurement(
    _ yaml: YAMLMapping, workload: WorkloadSpecification
  ) throws -> MeasurementSpecification {
    let warmup = yaml.optional("warmup")
    let until = yaml.optional("until")
    let interval = try yaml.optional("series_interval")?
      .duration(Bounds(lower: 0.001, upper: 86_400))
    let scope = try yaml.optional("energy_scope")?.choice(of: EnergyScope.self)
    var measurement = defaultMeasurement
    measurement.warmup = try warmup?.duration(.nonNegative)
    measurement.until = try until?.duration()
    if let interval { measurement.seriesInterval = interval }
    if let scope { measurement.energyScope = scope }
    guard let given = warmup ?? until else { return measurement }
    if case .sessions(let sessions) = workload {
      measurement.until = measurement.until ?? sessions.duration
    }
    if case .synthetic(let synthetic) = workload {
      if synthetic.arrivals.rate == nil {
        throw given.error(
          "\(given.label) is given for closed-loop arrivals",
          expected: "none: the window opens once every slot has turned over")
      }
      measurement.until = measurement.until ?? synthetic.duration
    }
    guard let end = measurement.until else {
      throw given.error("warmup is given without until", expected: "both")
    }
    guard (measurement.warmup ?? .zero) < end else {
      throw given.error("the measured window is empty", expected: "warmup before until")
    }
    return measurement
  }
}
