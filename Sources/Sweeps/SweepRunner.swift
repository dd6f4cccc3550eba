public import Scenarios
internal import Studies

/// Simulates units of a sweep.
public struct SweepRunner: Sendable {
  let identity: SweepIdentity
  let catalog: Catalog

  public init(identity: SweepIdentity, catalog: Catalog) {
    self.identity = identity
    self.catalog = catalog
  }

  /// How far a sweep has come.
  public struct Progress: Hashable, Sendable {
    /// Units done since the start of this process.
    public var done: Int
    /// Units that were to do at its start.
    public var total: Int
    /// Of those done, units that cannot be simulated.
    public var impossible: Int
  }

  /// Simulates every pending unit of `store` on so many threads and records each as it ends.
  ///
  /// Throws what goes wrong with the machine or the file; a point that cannot be is recorded as
  /// such. Cancelling the task leaves the units in progress undone.
  public func run(
    _ store: SweepStore, threadLimit: Int, progress: @Sendable (Progress) -> Void
  ) async throws {
    let pending = try store.pendingUnits()
    var state = Progress(done: 0, total: pending.count, impossible: 0)
    progress(state)
    try await withThrowingTaskGroup(of: SweepOutcome.self) { group in
      var next = pending.startIndex
      func startNext(_ group: inout ThrowingTaskGroup<SweepOutcome, any Error>) {
        guard next < pending.endIndex else { return }
        let unit = pending[next]
        next += 1
        group.addTask { try await outcome(of: unit) }
      }
      for _ in 0..<min(threadLimit, pending.count) { startNext(&group) }
      while let outcome = try await group.next() {
        try store.record(outcome)
        state.done += 1
        if outcome.problem != nil { state.impossible += 1 }
        progress(state)
        startNext(&group)
      }
    }
  }

  /// Simulates one unit, on one thread.
  public func outcome(of unit: SweepUnit) async throws -> SweepOutcome {
    let start = ContinuousClock.now
    let scenario: Scenario
    let runs: [PreparedRun]
    do {
      scenario = try self.scenario(at: unit.point, seed: unit.seed)
      runs = try scenario.policyIndices(named: identity.policies).map {
        try scenario.prepare(policy: $0)
      }
    } catch let error as InputError {
      return SweepOutcome(unit: unit, problem: error.withoutPlace, wallSeconds: 0)
    }
    let results = try await RunExecutor(threadLimit: 1).execute(runs)
    let context = StudyContext(scenario, version: identity.version)
    return SweepOutcome(
      unit: unit, rows: results.map { SweepRow($0, in: context) },
      wallSeconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// The scenario at a point.
  public func scenario(at point: SweepPoint, seed: UInt64? = nil) throws -> Scenario {
    let text = try ScenarioVariant.text(
      of: identity.scenarioText, file: identity.scenarioPath, settings: point.settings)
    return try Scenario.parse(
      text: text, file: identity.scenarioPath, catalog: catalog, tracePath: identity.tracePath,
      seed: seed, engineArguments: identity.engineArguments)
  }

  /// Throws the first error of a value with which no point can be: it is a slip of the pen, and
  /// better said before anything is simulated.
  public func check(_ points: [SweepPoint]) throws {
    var good: Set<ScenarioSetting> = []
    var firstErrors: [ScenarioSetting: InputError] = [:]
    for point in points where !point.settings.allSatisfy(good.contains) {
      do {
        _ = try scenario(at: point)
        good.formUnion(point.settings)
      } catch let error as InputError {
        for setting in point.settings where firstErrors[setting] == nil {
          firstErrors[setting] = error
        }
      }
    }
    for point in points {
      for setting in point.settings where !good.contains(setting) {
        guard var error = firstErrors[setting] else { continue }
        (error.file, error.line, error.column) = ("--vary \(setting)", nil, nil)
        throw error
      }
    }
  }
}

extension InputError {
  /// The sentence without file and line, which are those of a text that nobody sees.
  fileprivate var withoutPlace: String {
    var error = self
    (error.file, error.line, error.column) = (nil, nil, nil)
    return "\(error)"
  }
}
