internal import Foundation
internal import NumericalMethods
internal import Quantities
public import Workloads

/// The stream of queries.
extension Scenario {
  /// A fresh stream of the scenario's queries, from the first.
  public func makeSource() throws -> any QuerySource {
    var source = try bareSource()
    if let pool { source = PoolSource(source, pool: pool.pool, draw: pool.draw(seed: seed)) }
    guard !askers.allSatisfy(\.isEmpty) else { return source }
    return AskerSource(source, traits: askers.map(\.traits), seed: seed)
  }

  private func bareSource() throws -> any QuerySource {
    switch workload {
    case .synthetic(let synthetic):
      let source = SyntheticSource(try synthetic.workload(), seed: seed)
      guard synthetic.arrivals.rate != nil else { return source }
      return BoundedSource(source, interval: measurement.seriesInterval)
    case .sessions(let sessions):
      let source = SessionSource(try sessions.workload(), seed: seed)
      return BoundedSource(source, interval: measurement.seriesInterval)
    case .trace(let trace):
      let mix = trace.tasks.isEmpty ? nil : TaskMix(trace.tasks.mixParts)
      let source = try TraceInput(trace).makeSource(
        seed: seed, taskNames: trace.tasks.map(\.name), mix: mix)
      return BoundedSource(source, interval: measurement.seriesInterval)
    }
  }

  /// Reads the whole trace, so that what is broken in it shows before a run; nothing to do for
  /// a synthetic workload.
  public func validateTrace() throws {
    guard case .trace = workload else { return }
    var source = try makeSource()
    while try source.next() != nil {}
  }

  /// Throws an `InputError` where queries have no times of their own, as in a closed loop.
  public func checkHasArrivals() throws {
    guard case .synthetic(let synthetic) = workload, synthetic.arrivals.rate == nil else { return }
    throw InputError(
      file: name, keyPath: "workload",
      problem: "the queries of a closed loop have no arrival times that a trace could hold",
      expectation: "an arrival process with a rate")
  }

  /// Queries that the source will yield, roughly where chance decides; nil where unknown.
  var expectedRequests: Int? {
    switch workload {
    case .synthetic(let synthetic): synthetic.length.expectedCount
    case .sessions(let sessions): sessions.expectedRequests
    case .trace(let trace): trace.expectedRequests
    }
  }
}

extension TraceSpecification {
  /// Lines of the file, where the rules keep them all.
  fileprivate var expectedRequests: Int? {
    let keepsAll = rules.from == .zero && rules.until == nil && rules.keptShare == 1
    guard keepsAll, !TraceInput.isFolder(path), !path.hasSuffix(".gz") else { return rules.limit }
    let rows = InputFile.lineCount(at: path).map { max(0, $0 - 1) }
    return rows.map { min($0, rules.limit ?? .max) }
  }
}

extension [TaskShare] {
  var mixParts: [TaskMix.Part] {
    enumerated().map { index, task in
      TaskMix.Part(
        task: index, weight: task.share,
        difficulty: BetaDistribution(a: task.difficulty.a, b: task.difficulty.b))
    }
  }
}

extension SyntheticSpecification {
  fileprivate func workload() throws -> SyntheticWorkload {
    let tasks = try zip(tasks, tasks.mixParts).map { task, part in
      SyntheticWorkload.Task(
        mixPart: part, promptTokens: try task.prompt.lengths(),
        outputTokens: try task.output?.lengths())
    }
    return SyntheticWorkload(
      arrivals: try arrivalProcess(), tasks: tasks, duration: duration, queryLimit: requestCount)
  }

  private func arrivalProcess() throws -> ArrivalProcess {
    let (profile, start) = try dailyProfile.rates()
    switch arrivals {
    case .poisson(let rate):
      return .poisson(rate: rate, profile: profile, profileStartSeconds: start)
    case .gamma(let rate, let cv):
      return .gamma(
        rate: rate, coefficientOfVariation: cv, profile: profile, profileStartSeconds: start)
    case .closedLoop: return .atOnce
    }
  }
}

extension SessionSpecification {
  fileprivate func workload() throws -> SessionWorkload {
    let (profile, start) = try dailyProfile.rates()
    let tasks = try zip(tasks, tasks.mixParts).map { task, part in
      guard let output = task.output else {
        preconditionFailure("task \(task.name) of sessions has no output")
      }
      return SessionWorkload.Task(
        mixPart: part, firstMessage: try task.prompt.lengths(),
        laterMessage: try (task.nextPrompt ?? task.prompt).lengths(),
        answer: try output.lengths())
    }
    return SessionWorkload(
      starts: .poisson(rate: rate, profile: profile, profileStartSeconds: start),
      turns: try turns.lengths(), thinkTime: thinkTime.distribution,
      systemPrompt: .init(tokens: try systemPrompt?.lengths(), groupCount: groupCount),
      prefixBlockTokens: prefixBlockTokens, contextLimit: contextLimit, tasks: tasks,
      duration: duration, sessionLimit: sessionCount)
  }

  /// By the mean of the turns, as if no context came to its limit.
  fileprivate var expectedRequests: Int? {
    guard let sessions = length.expectedCount, let turns = try? turns.lengths().law.mean,
      Double(sessions) * turns < 1e15
    else { return nil }
    return Int((Double(sessions) * turns).rounded())
  }
}

extension DailyProfile? {
  /// The profile, and where in it the run starts, seconds.
  fileprivate func rates() throws -> (profile: RateProfile, start: Double) {
    (try self?.rateProfile() ?? .constant, self?.start.seconds ?? 0)
  }
}
