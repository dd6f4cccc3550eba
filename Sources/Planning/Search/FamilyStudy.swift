internal import DeviceModels
internal import FleetEngine
internal import Quantities
internal import Scenarios
internal import Studies

/// Everything that the planner does with one family.
struct FamilyStudy: Sendable {
  let question: PlanQuestion
  let family: PlanFamily
  let pilot: LoadPilot
  let screens: [PoolScreen]
  /// One replica of each pool, at the peak.
  let scenario: Scenario
  let runner: TrialRunner
  /// By pool: the fewest replicas that the means ask for.
  let least: [Int]
  /// By pool: what there is room for, spare replicas set aside.
  let most: [Int]

  /// Why a family is out before anything of it is simulated.
  struct Rejection: Error {
    var reason: String
  }

  /// Seeds of the search; those of the verification begin further on.
  static let searchSeeds: UInt64 = 3
  static let firstUnseenSeed: UInt64 = 1000

  /// Screens a family. Throws a `Rejection` where it cannot be, an `InputError` for what is wrong
  /// with the question.
  init(
    _ family: PlanFamily, of question: PlanQuestion, catalog: Catalog, settings: Planner.Settings
  ) async throws {
    self.family = family
    self.question = question
    let scenarios = TrialScenarios(family, of: question, catalog: catalog)
    let rate = question.demand.rate
    let budget = settings.budget
    let pilotWindow = rate.map {
      TrialWindow(
        warmupSeconds: 0, seconds: Double(budget.pilotQueries) / ($0 * question.demand.peakFactor))
    }
    let factor = question.demand.peakFactor
    let scenario = try scenarios.scenario(
      .init(seed: question.seed, factor: factor, window: pilotWindow),
      replicas: Array(repeating: Self.pilotReplicas, count: family.pools.count))
    let pilot = try await LoadPilot.run(scenario, armCount: family.arms.count)
    self.pilot = pilot
    self.scenario = scenario
    let loads = Self.loads(pilot, family: family, rate: rate.map { $0 * factor })
    let screens = zip(scenario.pools, loads).map { PoolScreen($0, load: $1) }
    self.screens = screens
    let most = try Self.most(family, limits: question.limits)
    self.most = most
    try Self.check(pilot, floor: question.accuracyFloor)
    let least = try zip(screens, scenario.pools).map { screen, pool in
      try Self.least(screen, pool, scenario.objective)
    }
    self.least = least
    for (index, count) in least.enumerated() where count > most[index] {
      throw Rejection(
        reason: "takes \(count) replicas of \(family.pools[index].gpu) × "
          + "\(family.pools[index].tensorParallel), there is room for \(most[index])")
    }
    runner = TrialRunner(
      scenarios: scenarios, share: question.attainment,
      window: rate.map { Self.window(rate: $0 * factor, screens: screens, budget: budget) },
      threadLimit: settings.threadLimit)
  }

  private static let pilotReplicas = 8

  /// Rows a second and their lengths, by pool.
  private static func loads(
    _ pilot: LoadPilot, family: PlanFamily, rate: Double?
  ) -> [PoolLoad] {
    let perRequest = (rate ?? pilot.requestsPerSecond) / Double(max(1, pilot.requests))
    return family.pools.map { pool in
      let arms = zip(family.arms, pilot.arms).filter { $0.0.pool == pool }.map(\.1)
      let samples = Double(max(1, arms.reduce(0) { $0 + $1.samples }))
      return PoolLoad(
        rowsPerSecond: perRequest * samples,
        promptTokens: Double(arms.reduce(0) { $0 + $1.promptTokens }) / samples,
        outputTokens: Double(arms.reduce(0) { $0 + $1.outputTokens }) / samples)
    }
  }

  private static func most(_ family: PlanFamily, limits: PlanLimits) throws -> [Int] {
    try family.pools.map { pool in
      guard let inventory = limits.inventory else { return limits.mostReplicas }
      guard let stock = inventory[pool.gpu] else {
        throw Rejection(reason: "the inventory has no \(pool.gpu)")
      }
      let room = stock.replicas(ofGPUs: pool.tensorParallel) - limits.spareReplicas
      guard room > 0 else {
        throw Rejection(reason: "the inventory has room for no replica and its spare")
      }
      return min(limits.mostReplicas, room)
    }
  }

  /// Only what even the upper end of the interval leaves below the floor is out.
  private static func check(_ pilot: LoadPilot, floor: Double?) throws {
    guard let floor else { return }
    guard let accuracy = pilot.accuracy else {
      throw InputError(
        keyPath: "plan", problem: "accuracy is asked for where nobody knows the right answers",
        expectation: "a workload with tasks, or no accuracy")
    }
    guard accuracy.interval().upperBound >= floor else {
      throw Rejection(
        reason: "right in \(PercentText.of(accuracy.mean)), asked for \(PercentText.of(floor))")
    }
  }

  /// How far a mean may lie above a bound on a share of the requests before nothing is simulated.
  private static let tolerance = 1.1
  private static let tailTolerance = 3.0

  private static func least(
    _ screen: PoolScreen, _ pool: PoolSpecification, _ objective: ServiceLevelObjective
  ) throws -> Int {
    let alone = screen.aloneSeconds
    let bounds = [
      ("a prompt", alone.prompt, objective.timeToFirstToken),
      ("an answer", alone.row, objective.endToEndLatency),
    ]
    for (name, seconds, bound) in bounds {
      guard let bound, seconds > tailTolerance * bound.seconds else { continue }
      throw Rejection(
        reason: "\(name) alone takes \(Int(seconds * 1e3)) ms of \(Int(bound.milliseconds))")
    }
    let bound = objective.timePerOutputToken.map { $0.seconds * tolerance }
    guard let count = screen.leastReplicas(within: bound) else {
      throw Rejection(reason: "a token alone takes longer than tpot_ms allows")
    }
    return count
  }

  /// Long enough for the shares to be known, after the first requests have ended.
  private static func window(
    rate: Double, screens: [PoolScreen], budget: TrialBudget
  ) -> TrialWindow {
    let longest = screens.map(\.aloneSeconds.row).max() ?? 0
    return TrialWindow(
      warmupSeconds: min(600, max(10, 4 * longest)),
      seconds: max(budget.leastSeconds, Double(budget.trialRequests) / rate))
  }
}

/// How much is simulated of each fleet.
public struct TrialBudget: Hashable, Sendable {
  /// Queries from which lengths and right answers are known before anything else: the mean of
  /// lengths that spread as widely as they are long, to 2 %.
  public var pilotQueries = 3000
  /// Requests of a trial, at least: a share of 95 % is then known to 1 %.
  public var trialRequests = 4000
  /// Measured time of a trial, at least.
  public var leastSeconds = 30.0

  public init() {}
}

/// Shares as reasons say them.
enum PercentText {
  static func of(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }
}
