public import AnswerModels
import DeviceModels
public import FleetEngine
public import Quantities
public import Workloads

/// What the reference measured of a whole run.
public struct ReferenceResult {
  /// In order of their ends.
  public var records: [ReferenceRecord] = []
  /// Every gap between consecutive tokens of a sample, in nanoseconds.
  public var interTokenGaps: [Int64] = []
  public var tally = ReferenceTally()
  public var idleEnergy = Energy.zero
  public var end = SimTime.zero
  /// Requests that arrived at the very end of an iteration.
  public var arrivalsAtEnds = 0
  /// Start, end, energy and pool of every stretch of constant power, idle ones included.
  public var stretches: [Stretch] = []

  /// A time over which one replica draws constant power.
  public struct Stretch: Sendable {
    public var pool: Int
    public var start: SimTime
    public var end: SimTime
    public var energy: Energy
  }

  /// Tokens of the prompts that were computed to their end.
  public var promptTokens: Int {
    records.reduce(0) { $0 + ($1.outcome == .completed ? $1.promptTokens : 0) }
  }

  public var prefillEnergy: Energy { records.reduce(.zero) { $0 + $1.prefillEnergy } }
  public var decodeEnergy: Energy { records.reduce(.zero) { $0 + $1.decodeEnergy } }
}

/// The serving rules of docs/model.md done slowly: one event an iteration, every row and token
/// touched. Open arrivals, the whole run measured. Shares with the engine only its input and
/// output types and the devices' cost function.
public final class ReferenceSimulator {
  private let fleet: FleetConfiguration
  private let answers: any AnswerModel
  private var policy: any ServingPolicy
  private let replicas: [ReferenceReplica]
  private var result = ReferenceResult()
  private var idleSince: [SimTime]

  public init(fleet: FleetConfiguration, answers: any AnswerModel, policy: any ServingPolicy) {
    self.fleet = fleet
    self.answers = answers
    self.policy = policy
    replicas = fleet.pools.enumerated().flatMap { index, pool in
      (0..<pool.replicaCount).map { _ in ReferenceReplica(pool: pool, poolIndex: index) }
    }
    idleSince = replicas.map { _ in .zero }
  }

  public func run(_ queries: [Query]) -> ReferenceResult {
    var arrivals = queries[...]
    var now = SimTime.zero
    while true {
      let ends = replicas.compactMap { $0.iteration?.end }
      guard let next = (ends + arrivals.prefix(1).map(\.arrival)).min() else { break }
      now = next
      while let query = arrivals.first, query.arrival == now {
        arrivals.removeFirst()
        if ends.contains(now) { result.arrivalsAtEnds += 1 }
        arrive(query)
      }
      for replica in replicas where replica.iteration?.end == now { end(replica, at: now) }
      for index in replicas.indices where replicas[index].iteration == nil {
        if replicas[index].hasWork { form(index, at: now) }
      }
    }
    for index in replicas.indices { noteIdle(index, until: now) }
    result.tally = replicas.reduce(ReferenceTally()) { $0 + $1.tally }
    result.end = now
    return result
  }

  // MARK: Arrivals

  private func arrive(_ query: Query) {
    let view = FleetView(
      now: query.arrival, replicas: replicas.map(\.view),
      replicasByArm: fleet.arms.map { arm in
        ReplicaSet(replicas.indices.filter { arm.pools.contains(replicas[$0].poolIndex) })
      })
    let request = RequestView(
      id: query.id, arrival: query.arrival, task: query.task, promptTokens: query.promptTokens)
    switch policy.decide(request, in: view) {
    case .reject: reject(query, arm: -1)
    case .serve(let arm, let replica): accept(query, arm: arm, replica: replica)
    }
  }

  private func accept(_ query: Query, arm: Int, replica index: Int) {
    let replica = replicas[index]
    let limits = replica.limits
    let promptTokens = answers.promptTokens(of: query, arm: arm)
    guard promptTokens < limits.maxModelTokens else {
      return reject(query, arm: arm)
    }
    let samples = (0..<fleet.arms[arm].samples).map {
      ReferenceSample(
        lengths: answers.lengths(of: query, arm: arm, sample: $0),
        roomForOutput: limits.maxModelTokens - promptTokens)
    }
    guard fits(promptTokens: promptTokens, samples: samples, limits: limits) else {
      return reject(query, arm: arm)
    }
    let request = ReferenceRequest(
      query: query, arm: arm, replica: index, promptTokens: promptTokens, samples: samples)
    replica.waiting.append(
      ReferenceSequence(
        request: request, sample: nil, tables: [], computedTokens: 0, targetTokens: promptTokens))
  }

  /// Whether an empty replica can take the request in, and can hold its prompt with the longest
  /// sample.
  private func fits(promptTokens: Int, samples: [ReferenceSample], limits: EngineLimits) -> Bool {
    func blocks(_ tokens: Int) -> Int {
      (tokens + limits.tokensPerBlock - 1) / limits.tokensPerBlock
    }
    let longest = samples.map(\.outputTokens).max() ?? 0
    let tails = promptTokens % limits.tokensPerBlock > 0 ? samples.count : 0
    return samples.count <= limits.batchRowLimit
      && promptTokens / limits.tokensPerBlock + tails <= limits.kvBlockCount
      && blocks(promptTokens + longest - 1) <= limits.kvBlockCount
  }

  private func reject(_ query: Query, arm: Int) {
    result.records.append(
      ReferenceRecord(
        id: query.id, task: query.task, arm: arm, replica: -1, outcome: .rejected,
        arrival: query.arrival, firstScheduled: query.arrival, firstToken: query.arrival,
        firstAnswerToken: query.arrival, end: query.arrival, promptTokens: query.promptTokens,
        cachedPromptTokens: 0, outputTokens: 0, reasoningTokens: 0, samples: 0, preemptions: 0,
        timePerOutputToken: nil, prefillEnergy: .zero, decodeEnergy: .zero, isCorrect: nil))
  }

  // MARK: Iterations

  private func form(_ index: Int, at now: SimTime) {
    noteIdle(index, until: now)
    replicas[index].formIteration(at: now)
  }

  private func end(_ replica: ReferenceReplica, at now: SimTime) {
    guard let iteration = replica.iteration else { return }
    result.stretches.append(
      .init(
        pool: replica.poolIndex, start: iteration.start, end: iteration.end,
        energy: iteration.cost.energy))
    for request in replica.endIteration(at: now) { result.records.append(record(of: request)) }
    if let index = replicas.firstIndex(where: { $0 === replica }) { idleSince[index] = now }
  }

  private func noteIdle(_ index: Int, until now: SimTime) {
    let start = idleSince[index]
    guard start < now else { return }
    let replica = replicas[index]
    let energy = replica.pool.model.idlePower * (now - start)
    result.idleEnergy += energy
    result.stretches.append(
      .init(pool: replica.poolIndex, start: start, end: now, energy: energy))
    idleSince[index] = now
  }

  // MARK: Records

  private func record(of request: ReferenceRequest) -> ReferenceRecord {
    let samples = request.samples
    for times in samples.map(\.tokenTimes) {
      for (earlier, later) in zip(times, times.dropFirst()) {
        result.interTokenGaps.append((later - earlier).nanoseconds)
      }
    }
    let ends = samples.map { $0.tokenTimes[$0.outputTokens - 1] }
    guard let end = ends.max(), let firstToken = samples.map({ $0.tokenTimes[0] }).min(),
      let firstScheduled = request.firstScheduled
    else { preconditionFailure("a request that was never computed") }
    return ReferenceRecord(
      id: request.query.id, task: request.query.task, arm: request.arm, replica: request.replica,
      outcome: .completed, arrival: request.query.arrival, firstScheduled: firstScheduled,
      firstToken: firstToken, firstAnswerToken: firstAnswerToken(of: samples, end: end), end: end,
      promptTokens: request.promptTokens, cachedPromptTokens: 0,
      outputTokens: samples.reduce(0) { $0 + $1.outputTokens },
      reasoningTokens: samples.reduce(0) { $0 + $1.reasoningTokens }, samples: samples.count,
      preemptions: request.preemptions, timePerOutputToken: timePerOutputToken(of: samples),
      prefillEnergy: request.prefillEnergy, decodeEnergy: request.decodeEnergy,
      isCorrect: isCorrect(request))
  }

  /// Nil where nobody can judge; false where every sample was cut.
  private func isCorrect(_ request: ReferenceRequest) -> Bool? {
    guard let isCorrect = answers.isCorrect(request.query, arm: request.arm) else { return nil }
    return isCorrect && !request.samples.allSatisfy(\.isCut)
  }

  private func firstAnswerToken(of samples: [ReferenceSample], end: SimTime) -> SimTime {
    guard samples.count == 1, samples[0].reasoningTokens < samples[0].outputTokens else {
      return end
    }
    return samples[0].tokenTimes[samples[0].reasoningTokens]
  }

  private func timePerOutputToken(of samples: [ReferenceSample]) -> SimDuration? {
    let paces: [Int128] = samples.compactMap { sample in
      guard sample.outputTokens > 1 else { return nil }
      let span = sample.tokenTimes[sample.outputTokens - 1] - sample.tokenTimes[0]
      return span.ticks / Int128(sample.outputTokens - 1)
    }
    guard !paces.isEmpty else { return nil }
    return SimDuration(ticks: paces.reduce(0, +) / Int128(paces.count))
  }
}
