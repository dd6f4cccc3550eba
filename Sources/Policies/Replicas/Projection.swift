internal import DeviceModels
internal import FleetEngine
internal import Quantities

/// What a policy expects of a request on a replica, from the replica's operating curve and its
/// present load: no simulation, and nothing that a real router could not know.
///
/// It takes the load to stay as it is. Requests that wait are taken to be computed before this one.
struct Projection {
  let curve: OperatingCurve
  let limits: EngineLimits
  let idleWatts: Double

  init(_ fleet: FleetView, replica: Int) {
    curve = fleet.curve(ofReplica: replica)
    limits = fleet.limits(ofReplica: replica)
    idleWatts = fleet.idleWatts(ofReplica: replica)
  }

  /// Seconds from one token to the next where `load` rows, and `samples` more, run.
  func secondsPerToken(load: Int, samples: Int = 1, contextTokens: Int) -> Double {
    curve.decodeCost(rows: load + samples, meanContextTokens: max(1, contextTokens))
      .secondsPerToken
  }

  /// Seconds until the first token: prompts that are still to be computed, its own, an iteration.
  func secondsToFirstToken(
    pendingPromptTokens: Int, promptTokens: Int, load: Int, contextTokens: Int
  ) -> Double {
    let prompt = max(1, promptTokens)
    let perToken = curve.promptCost(promptTokens: prompt).secondsPerToken
    return Double(pendingPromptTokens + prompt) * perToken
      + secondsPerToken(load: load, contextTokens: contextTokens)
  }

  /// Joules that the replica draws more for each further token of each of `samples` further rows.
  ///
  /// Rows that run anyway need their iterations anyway, and idle power is drawn anyway whenever no
  /// iteration runs. Beyond the rows that fit at once, later ones take iterations of their own.
  func marginalJoulesPerToken(load: Int, samples: Int = 1, contextTokens: Int) -> Double {
    let context = max(1, contextTokens)
    guard load + samples <= limits.batchRowLimit else {
      let rows = limits.batchRowLimit
      return beyondIdle(rows: rows, context) / Double(rows)
    }
    let more = beyondIdle(rows: load + samples, context) - beyondIdle(rows: load, context)
    return max(0, more) / Double(samples)
  }

  /// Joules of each token of `samples` further rows where iterations are shared alike by all rows
  /// that run: what a row costs in the long run, when others come and go.
  func sharedJoulesPerToken(load: Int, samples: Int = 1, contextTokens: Int) -> Double {
    let rows = min(load + samples, limits.batchRowLimit)
    return max(0, beyondIdle(rows: rows, max(1, contextTokens))) / Double(rows)
  }

  /// Joules of an iteration beyond what the replica would draw idle for as long.
  private func beyondIdle(rows: Int, _ context: Int) -> Double {
    guard rows > 0 else { return 0 }
    let cost = curve.decodeCost(rows: rows, meanContextTokens: context)
    return cost.joulesPerToken * Double(rows) - idleWatts * cost.secondsPerToken
  }

  /// Joules of a prompt beyond what the replica would draw idle for as long.
  func promptJoules(promptTokens: Int) -> Double {
    let prompt = max(1, promptTokens)
    let cost = curve.promptCost(promptTokens: prompt)
    return max(0, cost.joulesPerToken - idleWatts * cost.secondsPerToken) * Double(prompt)
  }
}

/// What a request is taken to need where nobody knows: its prompt, and a typical answer.
public struct TypicalRequest: Hashable, Sendable {
  /// Tokens of an answer.
  public var outputTokens: Int

  public init(outputTokens: Int) { self.outputTokens = outputTokens }

  /// Mean context of its tokens.
  func contextTokens(_ request: RequestView) -> Int { request.promptTokens + outputTokens / 2 }
}

extension Projection {
  /// Whether a request that joins `load` would meet every latency of `objective`, as far as the
  /// load alone tells.
  func meets(
    _ objective: ServiceLevelObjective, _ request: RequestView, _ typical: TypicalRequest,
    view: ReplicaView
  ) -> Bool {
    let context = typical.contextTokens(request)
    guard view.load < limits.batchRowLimit else { return false }
    let perToken = secondsPerToken(load: view.load, contextTokens: context)
    let first = secondsToFirstToken(
      pendingPromptTokens: view.pendingPromptTokens, promptTokens: request.promptTokens,
      load: view.load, contextTokens: context)
    let whole = first + perToken * Double(max(0, typical.outputTokens - 1))
    func within(_ seconds: Double, _ limit: SimDuration?) -> Bool {
      limit.map { seconds <= $0.seconds } ?? true
    }
    return within(perToken, objective.timePerOutputToken)
      && within(first, objective.timeToFirstToken) && within(whole, objective.endToEndLatency)
  }

  /// The highest load at which the time per token still meets `objective`, or -1; what a full
  /// batch leaves no room for is not met.
  func highestLoad(
    meeting objective: ServiceLevelObjective, contextTokens: Int
  ) -> Int {
    var (meets, fails) = (-1, limits.batchRowLimit)
    guard let limit = objective.timePerOutputToken?.seconds else { return fails - 1 }
    while fails - meets > 1 {
      let middle = (meets + fails) / 2
      let seconds = secondsPerToken(load: middle, contextTokens: contextTokens)
      if seconds <= limit { meets = middle } else { fails = middle }
    }
    return meets
  }
}
