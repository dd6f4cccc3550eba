internal import DeviceModels
internal import FleetEngine
internal import Quantities

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// The tokens of a request under an arm, as far as they can be expected.
struct ProjectedWork {
  /// As the arm sends it.
  let promptTokens: Int
  /// Tokens of all samples that take an iteration beyond the prompt's: the first of each comes
  /// with it.
  let decodeTokens: Double
  /// The same of the longest sample.
  let longestDecodeTokens: Double
  /// Mean context of the tokens.
  let contextTokens: Int
  let samples: Int

  /// Mean output tokens of a sample.
  var tokensPerSample: Double { 1 + decodeTokens / Double(samples) }

  init(_ request: RequestView, _ prospect: Prospect, samples: Int) {
    promptTokens = max(1, request.promptTokens + Int(prospect.furtherPromptTokens.rounded()))
    decodeTokens = max(0, prospect.outputTokens - Double(samples))
    longestDecodeTokens = max(0, prospect.longestOutputTokens - 1)
    contextTokens = promptTokens + Int(prospect.longestOutputTokens / 2)
    self.samples = samples
  }
}

extension Projection {
  /// Joules of `work` on a replica that has `load` rows now, and `rowsBeside` on the average while
  /// the work is there: what it draws more beyond idle, and what the work's account would show.
  ///
  /// While others run, the work takes part in iterations that are computed anyway. Rows that come
  /// and go as those of Poisson arrivals do are all gone for a share exp(-rows) of the time, if
  /// `rows` is their mean: the number of customers in a queue M/G/∞ has a Poisson distribution.
  /// While no other runs, the work begins iterations that later ones join: it bears its part of
  /// what they draw if some of `rate` requests a second follow it.
  func joules(
    _ work: ProjectedWork, load: Int, rowsBeside: Double, rate: Double
  ) -> (marginal: Double, attributed: Double) {
    let alone = exp(-rowsBeside)
    let followed = rowsIfFollowed(work, rate: rate) - work.samples
    let joined = marginalJoulesPerToken(
      load: load, samples: work.samples, contextTokens: work.contextTokens)
    let begun = sharedJoulesPerToken(
      load: followed, samples: work.samples, contextTokens: work.contextTokens)
    let prompt = promptJoules(promptTokens: work.promptTokens)
    // What an iteration draws whatever it computes: one of a single row is little else.
    let iteration = min(prompt, sharedJoulesPerToken(load: 0, contextTokens: 1))
    let perToken = alone * begun + (1 - alone) * joined
    let shown =
      alone * attributedPerToken(rows: followed + work.samples, work)
      + (1 - alone) * attributedPerToken(rows: load + work.samples, work)
    let promptCost = curve.promptCost(promptTokens: work.promptTokens).joulesPerToken
    return (
      prompt - (1 - alone) * iteration + work.decodeTokens * perToken,
      promptCost * Double(work.promptTokens) + work.decodeTokens * shown
    )
  }

  /// Rows among which an iteration is shared that the work begins, if nobody knows which part of
  /// `rate` requests a second follows it: any part is as likely as any other.
  ///
  /// If all did, `rows` would run by Little's law, a full batch at most. The mean of
  /// 1 / max(samples, part · rows) over parts from 0 to 1 is (1 + ln(rows / samples)) / rows.
  private func rowsIfFollowed(_ work: ProjectedWork, rate: Double) -> Int {
    // Those of infinitely many, too, where there are none to decode.
    let tokensPerSecond = work.decodeTokens > 0 ? rate * work.decodeTokens : 0
    let samples = Double(work.samples)
    var rows = samples
    // The more run, the slower they are: a second look is near enough.
    for _ in 0..<2 {
      let seconds = secondsPerToken(
        load: Int(rows), samples: 0, contextTokens: work.contextTokens)
      rows = min(Double(limits.batchRowLimit), max(samples, tokensPerSecond * seconds))
    }
    return Int(rows / (1 + log(rows / samples)))
  }

  /// With the idle power of the time in which it runs.
  private func attributedPerToken(rows: Int, _ work: ProjectedWork) -> Double {
    curve.decodeCost(
      rows: min(rows, limits.batchRowLimit), meanContextTokens: max(1, work.contextTokens)
    ).joulesPerToken
  }

  /// Whether `work` is projected to meet every latency of `objective` on a replica as it is now.
  func meets(
    _ objective: ServiceLevelObjective, _ work: ProjectedWork, _ view: ReplicaView
  ) -> Bool {
    let perToken = secondsPerToken(
      load: view.load, samples: work.samples, contextTokens: work.contextTokens)
    let first = secondsToFirstToken(
      pendingPromptTokens: view.pendingPromptTokens, promptTokens: work.promptTokens,
      load: view.load, contextTokens: work.contextTokens)
    let whole = first + perToken * work.longestDecodeTokens
    func within(_ seconds: Double, _ limit: SimDuration?) -> Bool {
      limit.map { seconds <= $0.seconds } ?? true
    }
    return within(perToken, objective.timePerOutputToken)
      && within(first, objective.timeToFirstToken) && within(whole, objective.endToEndLatency)
  }
}
