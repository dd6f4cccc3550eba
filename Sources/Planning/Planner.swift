internal import FleetEngine
public import Scenarios
internal import Studies

/// Finds the fleet that does what is asked for the least energy, money or carbon.
///
/// Every family is screened by means first (operating curves and Little's law). In the order of
/// what they would take at least, families are then simulated until none that is left could take
/// less; the winner is simulated again with seeds that the search has not seen.
public struct Planner: Sendable {
  public struct Settings: Sendable {
    public var threadLimit: Int
    /// Simulations with unseen seeds that decide about the winner.
    public var replications: Int
    public var budget: TrialBudget

    public init(
      threadLimit: Int, replications: Int = 20, budget: TrialBudget = TrialBudget()
    ) {
      self.threadLimit = threadLimit
      self.replications = replications
      self.budget = budget
    }
  }

  let question: PlanQuestion
  let catalog: Catalog
  let settings: Settings
  let version: String

  public init(
    _ question: PlanQuestion, catalog: Catalog, settings: Settings, version: String
  ) {
    self.question = question
    self.catalog = catalog
    self.settings = settings
    self.version = version
  }

  /// How far the means may overstate what a family takes: only a family whose estimate, less this
  /// share, still takes more than another's simulation is left out. The means stay within 10 % of
  /// the simulations in the tests.
  static let screeningTolerance = 0.15

  /// A family that meets, as the search left it.
  private struct Finalist {
    var study: FamilyStudy
    var replicas: [Int]
    var economics: FleetEconomics
    var value: Double
  }

  /// The plan; `progress` hears what is being done. Throws an `InputError` for what is wrong with
  /// the question.
  public func plan(progress: @escaping @Sendable (String) -> Void = { _ in }) async throws
    -> FleetPlan
  {
    var verdicts: [PlanFamily: FamilyVerdict.Outcome] = [:]
    let studies = try await screened(&verdicts, progress)
    var finalists: [Finalist] = []
    var tried: [TriedFleet] = []
    var chosen: PlannedFleet?
    while chosen == nil {
      try await simulate(studies, &finalists, &verdicts, &tried, progress)
      guard let first = finalists.first else { break }
      progress("verifying \(first.study.family.title)")
      let fleet: PlannedFleet
      do {
        fleet = try await planned(first, &tried)
      } catch let rejection as FamilyStudy.Rejection {
        verdicts[first.study.family] = .fails(reason: rejection.reason)
        finalists.removeFirst()
        continue
      }
      let value = fleet.economics.value(of: question.goal) ?? 0
      verdicts[first.study.family] = .meets(
        replicas: fleet.fleet.replicas, fleet.economics)
      if finalists.count > 1, finalists[1].value < value {
        // Unseen seeds asked for more than the search: another may take less now.
        finalists[0].value = value
        finalists[0].replicas = fleet.fleet.replicas.map { $0 - question.limits.spareReplicas }
        finalists.sort { $0.value < $1.value }
        continue
      }
      chosen = fleet
    }
    return try await result(chosen, verdicts, tried.unique(), studies, progress)
  }

  /// Every family that may be, by what it takes at least.
  private func screened(
    _ verdicts: inout [PlanFamily: FamilyVerdict.Outcome], _ progress: (String) -> Void
  ) async throws -> [(study: FamilyStudy, least: Double)] {
    var studies: [(study: FamilyStudy, least: Double)] = []
    for family in question.families {
      progress("screening \(family.title)")
      do {
        let study = try await FamilyStudy(
          family, of: question, catalog: catalog, settings: settings)
        guard !study.scenario.objective.isEmpty else { throw Self.noObjective(question) }
        studies.append((study, study.estimate().value(of: question.goal) ?? 0))
      } catch let rejection as FamilyStudy.Rejection {
        verdicts[family] = .fails(reason: rejection.reason)
      } catch let error as InputError where Self.isLayout(error) {
        verdicts[family] = .fails(reason: error.problem)
      }
    }
    return studies.sorted { $0.least < $1.least }
  }

  /// A model that does not fit its GPUs, or that they cannot share, is no slip of the pen in a
  /// list of candidates; an unknown name is.
  private static func isLayout(_ error: InputError) -> Bool {
    error.keyPath.hasPrefix("fleet.pools")
      && ["does not fit", "cannot share"].contains { error.problem.contains($0) }
  }

  private static func noObjective(_ question: PlanQuestion) -> InputError {
    InputError(
      file: question.file, keyPath: "objectives", problem: "no slo is given",
      expectation: "the latencies that requests must meet, as slo: {ttft_ms: 500, tpot_ms: 50}")
  }

  /// Searches the families that could take less than the best so far; one that was outbid by a
  /// family that unseen seeds have ruled out since gets its turn.
  private func simulate(
    _ studies: [(study: FamilyStudy, least: Double)], _ finalists: inout [Finalist],
    _ verdicts: inout [PlanFamily: FamilyVerdict.Outcome], _ tried: inout [TriedFleet],
    _ progress: (String) -> Void
  ) async throws {
    for (study, least) in studies where !Self.isSearched(verdicts[study.family]) {
      if let best = finalists.first, least * (1 - Self.screeningTolerance) > best.value {
        verdicts[study.family] = .outbid(least: least)
        continue
      }
      progress("simulating \(study.family.title)")
      let found = try await study.search()
      tried += found.tried
      guard let replicas = found.replicas else {
        verdicts[study.family] = .fails(reason: "\(study.roomText) do not meet the objective")
        continue
      }
      let economics = try await study.economics(of: replicas)
      if let reason = study.excess(replicas, economics) {
        verdicts[study.family] = .fails(reason: reason)
        continue
      }
      let fleet = study.deployed(replicas)
      verdicts[study.family] = .meets(replicas: fleet.replicas, economics)
      finalists.append(
        Finalist(
          study: study, replicas: replicas, economics: economics,
          value: economics.value(of: question.goal) ?? 0))
      finalists.sort { $0.value < $1.value }
    }
  }

  private static func isSearched(_ outcome: FamilyVerdict.Outcome?) -> Bool {
    switch outcome {
    case .meets, .fails: true
    case .outbid, nil: false
    }
  }

  /// The fleet that unseen seeds confirm. Throws a `Rejection` where there is no room for one, or
  /// it is not right often enough.
  private func planned(
    _ finalist: Finalist, _ tried: inout [TriedFleet]
  ) async throws -> PlannedFleet {
    let study = finalist.study
    let confirmed = try await study.confirmed(
      finalist.replicas, replications: settings.replications)
    guard let (replicas, verification, oneLess) = confirmed else {
      throw FamilyStudy.Rejection(reason: "no fleet that there is room for meets unseen seeds")
    }
    tried.append(TriedFleet(study, replicas, verification.trials))
    for less in oneLess {
      var smaller = replicas
      smaller[less.pool] -= 1
      tried.append(TriedFleet(study, smaller, less.verification.trials))
    }
    let economics = try await study.economics(of: replicas)
    if let reason = study.excess(replicas, economics) {
      throw FamilyStudy.Rejection(reason: reason)
    }
    if let floor = question.accuracyFloor, let accuracy = verification.accuracy, accuracy < floor {
      throw FamilyStudy.Rejection(
        reason: "right in \(PercentText.of(accuracy)), asked for \(PercentText.of(floor))")
    }
    return PlannedFleet(
      fleet: study.deployed(replicas), spareReplicas: question.limits.spareReplicas,
      economics: economics, verification: verification, oneLess: oneLess,
      capacityFactor: try await study.capacityFactor(of: replicas),
      serveCommands: study.scenario.pools.map(ServeCommand.text), trial: verification.trials[0])
  }

  private func result(
    _ chosen: PlannedFleet?, _ verdicts: [PlanFamily: FamilyVerdict.Outcome],
    _ tried: [TriedFleet],
    _ studies: [(study: FamilyStudy, least: Double)], _ progress: (String) -> Void
  ) async throws -> FleetPlan {
    let families = question.families.compactMap { family in
      verdicts[family].map { FamilyVerdict(family: family, outcome: $0) }
    }.enumerated().sorted { a, b in
      let keys = [a, b].map { rank($0.element, chosen) }
      return (keys[0].0, keys[0].1, a.offset) < (keys[1].0, keys[1].1, b.offset)
    }.map(\.element)
    let scenario = studies.first?.study.scenario
    return FleetPlan(
      question: question, families: families, chosen: chosen,
      inPlace: try await inPlace(progress), tried: tried,
      warnings: PlanWarnings(question: question, node: scenario?.surroundings.node)
        .all(trial: chosen?.trial.warnings ?? []),
      version: version,
      calibrationSHA256: scenario?.calibrationSHA256 ?? catalog.sha256)
  }

  private func rank(_ verdict: FamilyVerdict, _ chosen: PlannedFleet?) -> (Int, Double) {
    switch verdict.outcome {
    case .meets(_, let economics):
      (verdict.family == chosen?.fleet.family ? 0 : 1, economics.value(of: question.goal) ?? 0)
    case .outbid(let least): (2, least)
    case .fails: (3, 0)
    }
  }

  /// The fleet in place under the same load.
  private func inPlace(_ progress: (String) -> Void) async throws -> PlannedFleet? {
    guard let placed = question.inPlace else { return nil }
    progress("simulating the fleet in place")
    var asked = question
    (asked.limits.inventory, asked.limits.spareReplicas, asked.accuracyFloor) = (nil, 0, nil)
    let study: FamilyStudy
    do {
      study = try await FamilyStudy(
        placed.family, of: asked, catalog: catalog, settings: settings)
    } catch is FamilyStudy.Rejection {
      return nil
    }
    let verification = try await study.verify(
      placed.replicas, replications: settings.replications)
    return PlannedFleet(
      fleet: placed, spareReplicas: 0, economics: try await study.economics(of: placed.replicas),
      verification: verification, oneLess: [], capacityFactor: nil,
      serveCommands: study.scenario.pools.map(ServeCommand.text), trial: verification.trials[0])
  }
}

extension FamilyStudy {
  /// All the replicas there is room for, in words.
  fileprivate var roomText: String {
    "even \(most.map(String.init).joined(separator: " and ")) replicas"
  }

  /// Why a fleet that meets is still out; nil where it is not.
  fileprivate func excess(_ replicas: [Int], _ economics: FleetEconomics) -> String? {
    if let limit = question.limits.mostKilowatts, economics.peakKilowatts > limit {
      return "peaks at \(Int(economics.peakKilowatts.rounded(.up))) kW of \(Int(limit))"
    }
    for (gpu, count) in deployed(replicas).gpusByName {
      guard let stock = question.limits.inventory?[gpu], count > stock.gpus else { continue }
      return "takes \(count) \(gpu) of \(stock.gpus)"
    }
    return nil
  }
}
