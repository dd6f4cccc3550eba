internal import AnswerModels
internal import NumericalMethods
internal import Quantities

/// Reads the `workload` of a scenario.
struct WorkloadReader {
  let sheets: [TaskSheet]
  /// Given beside the scenario; takes the place of the scenario's own.
  let tracePath: String?
  /// Where relative trace paths start: the scenario file's folder.
  let folder: String

  /// Least rate, queries per second, and least factor on one: one query in twelve days is still
  /// a fleet, less is a slip of the pen.
  private static let leastRate = 1e-6

  func read(_ yaml: YAMLMapping) throws -> WorkloadSpecification {
    guard let trace = yaml.optional("trace") else {
      guard tracePath == nil else {
        throw yaml.error(
          "a trace is given for a synthetic one",
          expected: "the key trace in the workload")
      }
      return .synthetic(try synthetic(yaml))
    }
    for key in ["arrivals", "duration", "requests", "daily_profile", "time_of_day"] {
      if let value = yaml.optional(key) {
        throw value.error("\(key) is given beside trace", expected: "one or the other")
      }
    }
    var specification = try trace.mapping {
      try TraceSpecificationReader(tracePath: tracePath, folder: folder).read($0, at: trace)
    }
    if let tasks = yaml.optional("tasks") {
      specification.tasks = try TaskMixReader(sheets: sheets, isTrace: true).read(tasks)
    }
    return .trace(specification)
  }

  private func synthetic(_ yaml: YAMLMapping) throws -> SyntheticSpecification {
    let duration = yaml.optional("duration")
    let requests = yaml.optional("requests")
    let profile = yaml.optional("daily_profile")
    var workload = SyntheticSpecification(
      arrivals: try yaml["arrivals"].mapping(arrivals),
      duration: try duration?.duration(), requestCount: try requests?.int(in: 1...1_000_000_000),
      dailyProfile: try dailyProfile(profile, yaml.optional("time_of_day")), tasks: [])
    if case .closedLoop = workload.arrivals {
      for value in [duration, profile].compactMap(\.self) {
        throw value.error(
          "\(value.label) is given for closed-loop arrivals",
          expected: "requests: completions alone decide when the next one comes")
      }
      guard requests != nil else { throw yaml.error("missing key \"requests\"") }
    } else if duration == nil && requests == nil {
      throw yaml.error("no end is given", expected: "duration, requests or both")
    }
    workload.tasks = try TaskMixReader(sheets: sheets, isTrace: false).read(yaml["tasks"])
    return workload
  }

  private func arrivals(_ yaml: YAMLMapping) throws -> ArrivalSpecification {
    func rate() throws -> Double {
      try yaml["rate"].double(.between(Self.leastRate...1e6))
    }
    switch try yaml["process"].choice(among: ["poisson", "gamma", "closed-loop"]) {
    case "poisson": return .poisson(rate: try rate())
    case "gamma":
      return .gamma(
        rate: try rate(), coefficientOfVariation: try yaml["cv"].double(.between(0.01...100)))
    default: return .closedLoop(concurrency: try yaml["concurrency"].int(in: 1...100_000))
    }
  }

  private func dailyProfile(_ value: YAMLValue?, _ start: YAMLValue?) throws -> DailyProfile? {
    guard let value else {
      guard let start else { return nil }
      throw start.error("time_of_day is given without daily_profile", expected: "both")
    }
    let factors = try value.list { factor in
      let number = try factor.double(.between(0...1e6))
      guard number == 0 || number >= Self.leastRate else {
        throw factor.isNot("0, or a number ≥ \(NumberText.of(Self.leastRate)) and ≤ 1000000")
      }
      return number
    }
    guard factors.count == 24, factors.contains(where: { $0 > 0 }) else {
      throw value.error(
        "\(value.label) is a list of \(factors.count)",
        expected: "24 factors, one for each hour, not all 0")
    }
    return DailyProfile(
      factors: factors,
      start: try start?.duration(Bounds(lower: 0, upper: 86_400, excludesUpper: true)) ?? .zero)
  }
}
