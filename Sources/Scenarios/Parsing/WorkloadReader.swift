internal import AnswerModels
internal import NumericalMethods
internal import Quantities

/// Everything that a scenario says of its workload.
struct Demand {
  var workload: WorkloadSpecification
  /// By task.
  var askers: [AskerSpecification]
  var maxConcurrency: Int?
  /// What the queries are, where they were measured.
  var pool: QueryPoolInput?
}

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

  /// A workload, who asks in it, and how many at once.
  func read(_ yaml: YAMLMapping) throws -> Demand {
    let general = try AskerReader.read(yaml)
    let pool = try yaml.optional("pool")?.mapping(QueryPoolSpecificationReader(folder: folder).read)
    if pool != nil, let tasks = yaml.optional("tasks") {
      throw tasks.error("tasks are given beside pool", expected: "one or the other")
    }
    let poolTasks = try pool.map { try $0.pool.shares(of: $0.drawn) }
    let (workload, cap) = try workload(yaml, poolTasks)
    let own = workload.tasks.isEmpty ? [AskerSpecification()] : workload.tasks.map(\.asker)
    return Demand(
      workload: workload, askers: own.map { $0.completed(by: general) }, maxConcurrency: cap,
      pool: pool)
  }

  private func workload(
    _ yaml: YAMLMapping, _ poolTasks: [TaskShare]?
  ) throws -> (workload: WorkloadSpecification, maxConcurrency: Int?) {
    guard let trace = yaml.optional("trace") else {
      guard tracePath == nil else {
        throw yaml.error(
          "a trace is given for a synthetic one",
          expected: "the key trace in the workload")
      }
      return try generated(yaml, poolTasks)
    }
    for key in [
      "arrivals", "duration", "requests", "sessions", "daily_profile", "time_of_day",
    ] {
      if let value = yaml.optional(key) {
        throw value.error("\(key) is given beside trace", expected: "one or the other")
      }
    }
    var specification = try trace.mapping {
      try TraceSpecificationReader(tracePath: tracePath, folder: folder).read($0, at: trace)
    }
    if let poolTasks {
      specification.tasks = poolTasks
    } else if let tasks = yaml.optional("tasks") {
      specification.tasks = try TaskMixReader(sheets: sheets, isTrace: true).read(tasks)
    }
    return (.trace(specification), try Self.maxConcurrency(yaml))
  }

  /// What `arrivals` say.
  private enum Arrivals {
    case queries(ArrivalSpecification, maxConcurrency: Int?)
    case sessions(SessionSpecification)
  }

  private func generated(
    _ yaml: YAMLMapping, _ poolTasks: [TaskShare]?
  ) throws -> (workload: WorkloadSpecification, maxConcurrency: Int?) {
    switch try yaml["arrivals"].mapping(arrivals) {
    case .queries(let arrivals, let cap):
      (.synthetic(try synthetic(yaml, arrivals, poolTasks)), cap)
    case .sessions(let shape):
      (.sessions(try sessions(yaml, shape, hasPool: poolTasks != nil)), nil)
    }
  }

  private func synthetic(
    _ yaml: YAMLMapping, _ arrivals: ArrivalSpecification, _ poolTasks: [TaskShare]?
  ) throws -> SyntheticSpecification {
    let duration = yaml.optional("duration")
    let requests = yaml.optional("requests")
    let profile = yaml.optional("daily_profile")
    var workload = SyntheticSpecification(
      arrivals: arrivals,
      duration: try duration?.duration(), requestCount: try requests?.int(in: 1...1_000_000_000),
      dailyProfile: try dailyProfile(profile, yaml.optional("time_of_day")), tasks: [])
    if case .closedLoop = workload.arrivals {
      for value in [duration, profile].compactMap(\.self) {
        throw value.error(
          "\(value.label) is given for closed-loop arrivals",
          expected: "requests: completions alone decide when the next one comes")
      }
      _ = try yaml["requests"]
    } else if duration == nil && requests == nil {
      throw try noEnd(yaml, expected: "duration, requests or both", otherKeys: ["tasks"])
    }
    workload.tasks =
      try poolTasks ?? TaskMixReader(sheets: sheets, isTrace: false).read(yaml["tasks"])
    return workload
  }

  private func sessions(
    _ yaml: YAMLMapping, _ shape: SessionSpecification, hasPool: Bool
  ) throws -> SessionSpecification {
    guard !hasPool else {
      throw yaml.error("sessions are given beside pool", expected: "queries that stand alone")
    }
    var workload = shape
    workload.duration = try yaml.optional("duration")?.duration()
    workload.sessionCount = try yaml.optional("sessions")?.int(in: 1...1_000_000_000)
    workload.dailyProfile = try dailyProfile(
      yaml.optional("daily_profile"), yaml.optional("time_of_day"))
    if workload.duration == nil && workload.sessionCount == nil {
      throw try noEnd(yaml, expected: "duration, sessions or both", otherKeys: ["tasks"])
    }
    workload.tasks = try TaskMixReader(sheets: sheets, isTrace: false, isSessions: true)
      .read(yaml["tasks"])
    return workload
  }

  /// Where a misspelt key is the likeliest reason, that is the error.
  private func noEnd(
    _ yaml: YAMLMapping, expected expectation: String, otherKeys: [String]
  ) throws -> InputError {
    for key in otherKeys { _ = yaml.optional(key) }
    try yaml.finish()
    return yaml.error("no end is given", expected: expectation)
  }

  private func arrivals(_ yaml: YAMLMapping) throws -> Arrivals {
    func rate() throws -> Double {
      try yaml["rate"].double(.between(Self.leastRate...1e6))
    }
    switch try yaml["process"].choice(among: ["poisson", "gamma", "closed-loop", "sessions"]) {
    case "poisson":
      return .queries(
        .poisson(rate: try rate()), maxConcurrency: try Self.maxConcurrency(yaml))
    case "gamma":
      let arrivals = ArrivalSpecification.gamma(
        rate: try rate(), coefficientOfVariation: try yaml["cv"].double(.between(0.01...100)))
      return .queries(arrivals, maxConcurrency: try Self.maxConcurrency(yaml))
    case "sessions":
      return .sessions(try SessionReader.read(yaml, rate: rate()))
    default:
      let concurrency = try yaml["concurrency"].int(in: 1...100_000)
      return .queries(.closedLoop(concurrency: concurrency), maxConcurrency: nil)
    }
  }

  private static func maxConcurrency(_ yaml: YAMLMapping) throws -> Int? {
    try yaml.optional("max_concurrency")?.int(in: 1...100_000_000)
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
