public import Scenarios

/// Scenarios that stand for publications, simulated and set beside what was published.
public struct Reproduction: Sendable {
  /// In the order of the scenarios and their claims.
  public let verdicts: [ClaimVerdict]
  /// What the runs warned of, by scenario, in order; without those that warned of nothing.
  public let warnings: [(scenario: String, warnings: [String])]

  /// Simulates every policy of every scenario, `threads` at once, and judges all claims.
  ///
  /// The verdicts do not depend on the number of threads. Throws what a run throws.
  public static func run(
    _ scenarios: [Scenario], version: String, threads: Int,
    progress: (@Sendable (RunProgress) -> Void)? = nil
  ) async throws -> Reproduction {
    let runs = try scenarios.map { try Self.isSimulated($0) ? $0.preparedRuns() : [] }
    let results = runs.map { $0.map { _ in FigureRecorder.Result() } }
    let flat = runs.joined().map { $0 }
    let flatResults = Array(results.joined())
    let taskCounts = zip(scenarios, runs).flatMap { scenario, runs in
      runs.map { _ in scenario.taskNames.count }
    }
    let outcomes = try await RunExecutor(threadLimit: threads).execute(flat, progress: progress) {
      FigureRecorder(taskCount: taskCounts[$0], result: flatResults[$0])
    }
    return Reproduction(scenarios, runs.map(\.count), outcomes, flatResults, version)
  }

  /// Requests that each run will see, for a progress line.
  public static func expectedRequests(_ scenarios: [Scenario]) throws -> [Int?] {
    try scenarios.filter(isSimulated).flatMap { try $0.preparedRuns().map(\.expectedRequests) }
  }

  private init(
    _ scenarios: [Scenario], _ runCounts: [Int], _ outcomes: [PolicyRun],
    _ results: [FigureRecorder.Result], _ version: String
  ) {
    var table = ReproducedFigures()
    var warnings: [(scenario: String, warnings: [String])] = []
    var next = 0
    for (scenario, count) in zip(scenarios, runCounts) where count > 0 {
      var context = StudyContext(scenario, version: version)
      // Papers measured their GPUs.
      context.energyScope = .gpu
      let own = next..<next + count
      for index in own {
        table.add(outcomes[index], results[index].byTask, in: context)
      }
      next += count
      let study = StudyResult(context: context, runs: Array(outcomes[own]))
      if !study.context.warnings.isEmpty {
        warnings.append((scenario.name, study.context.warnings))
      }
    }
    self.warnings = warnings
    verdicts = scenarios.flatMap { scenario in
      (scenario.expectations?.claims ?? []).map { ClaimVerdict($0, of: scenario, in: table) }
    }
  }

  /// A scenario none of whose claims is tested is not run.
  private static func isSimulated(_ scenario: Scenario) -> Bool {
    (scenario.expectations?.claims ?? []).contains { claim in
      if case .notRun = claim.test { return false }
      return true
    }
  }
}
