import AnswerModels
public import FleetEngine
public import Quantities
import Workloads

/// What the reference knows of one request at its end: the stored fields of a `RequestRecord`.
public struct ReferenceRecord: Sendable {
  public var id: UInt64
  public var task: Int
  public var arm: Int
  public var replica: Int
  public var outcome: RequestOutcome
  public var arrival: SimTime
  public var firstScheduled: SimTime
  public var firstToken: SimTime
  public var firstAnswerToken: SimTime
  public var end: SimTime
  public var promptTokens: Int
  public var cachedPromptTokens: Int
  public var outputTokens: Int
  public var reasoningTokens: Int
  public var samples: Int
  public var preemptions: Int
  public var timePerOutputToken: SimDuration?
  public var prefillEnergy: Energy
  public var decodeEnergy: Energy
  public var isCorrect: Bool?
  public var attempts = 1

  /// A query that is refused at its arrival.
  init(rejected query: Query, arm: Int) {
    id = query.id
    task = query.task
    self.arm = arm
    replica = -1
    outcome = .rejected
    arrival = query.arrival
    firstScheduled = query.arrival
    firstToken = query.arrival
    firstAnswerToken = query.arrival
    end = query.arrival
    promptTokens = query.promptTokens
    cachedPromptTokens = 0
    outputTokens = 0
    reasoningTokens = 0
    samples = 0
    attempts = 0
    preemptions = 0
    prefillEnergy = .zero
    decodeEnergy = .zero
  }

  /// A request that has completed or was given up.
  init(of request: ReferenceRequest, isCorrect: Bool?) {
    self.init(rejected: request.query, arm: request.arm)
    let samples = request.samples
    replica = request.replica
    outcome = request.outcome
    firstScheduled = request.firstScheduled
    firstToken = samples.compactMap(\.tokenTimes.first).min() ?? .never
    firstAnswerToken = Self.firstAnswerToken(of: request)
    end = request.end
    promptTokens = request.promptTokens
    cachedPromptTokens = request.cachedPromptTokens ?? 0
    outputTokens = samples.reduce(0) { $0 + $1.tokenTimes.count }
    reasoningTokens = samples.reduce(0) { $0 + min($1.reasoningTokens, $1.tokenTimes.count) }
    self.samples = samples.count
    attempts = 1
    preemptions = request.preemptions
    prefillEnergy = request.prefillEnergy
    decodeEnergy = request.decodeEnergy
    guard outcome == .completed else { return }
    timePerOutputToken = Self.timePerOutputToken(of: samples)
    self.isCorrect = isCorrect
  }

  /// A query of several attempts that has completed or was given up.
  init(of course: ReferenceCourse, isCorrect: Bool?) {
    guard let last = course.ended.last else { preconditionFailure("no attempt has ended") }
    self.init(of: last, isCorrect: isCorrect)
    let all = course.attempts
    let samples = all.flatMap(\.samples)
    outcome = course.outcome
    firstScheduled = all.map(\.firstScheduled).min() ?? .never
    firstToken = samples.compactMap(\.tokenTimes.first).min() ?? .never
    promptTokens = all.reduce(0) { $0 + $1.promptTokens }
    cachedPromptTokens = all.reduce(0) { $0 + ($1.cachedPromptTokens ?? 0) }
    outputTokens = samples.reduce(0) { $0 + $1.tokenTimes.count }
    reasoningTokens = samples.reduce(0) { $0 + min($1.reasoningTokens, $1.tokenTimes.count) }
    self.samples = samples.count
    preemptions = all.reduce(0) { $0 + $1.preemptions }
    prefillEnergy = all.reduce(.zero) { $0 + $1.prefillEnergy }
    decodeEnergy = all.reduce(.zero) { $0 + $1.decodeEnergy }
    attempts = all.count
    self.isCorrect = isCorrect
    timePerOutputToken =
      outcome == .completed ? Self.timePerOutputToken(of: samples.filter(\.hasEnded)) : nil
    let asItComes = last.attempt.givesAnswer ? firstAnswerToken : .never
    firstAnswerToken =
      course.decided ?? (outcome == .completed && asItComes == .never ? end : asItComes)
  }

  /// A vote is known with its last token; an answer that was cut off before it began, at the end.
  private static func firstAnswerToken(of request: ReferenceRequest) -> SimTime {
    let sample = request.samples[0]
    if request.samples.count == 1, sample.reasoningTokens < sample.tokenTimes.count {
      return sample.tokenTimes[sample.reasoningTokens]
    }
    return request.outcome == .completed ? request.end : .never
  }

  private static func timePerOutputToken(of samples: [ReferenceSample]) -> SimDuration? {
    let paces: [Int128] = samples.compactMap { sample in
      guard let first = sample.tokenTimes.first, let last = sample.tokenTimes.last,
        sample.tokenTimes.count > 1
      else { return nil }
      return (last - first).ticks / Int128(sample.tokenTimes.count - 1)
    }
    guard !paces.isEmpty else { return nil }
    return SimDuration(ticks: paces.reduce(0, +) / Int128(paces.count))
  }

  /// Whether it completed and kept to every bound.
  func meets(_ objective: ServiceLevelObjective) -> Bool {
    let bounds: [(SimDuration?, SimDuration?)] = [
      (firstToken - arrival, objective.timeToFirstToken),
      (timePerOutputToken, objective.timePerOutputToken),
      (end - arrival, objective.endToEndLatency),
      (firstAnswerToken - arrival, objective.timeToFirstAnswerToken),
    ]
    return outcome == .completed
      && bounds.allSatisfy { value, bound in
        guard let value, let bound else { return true }
        return value <= bound
      }
  }
}

/// What a request that was made computed of its prompt: a query of several attempts has several.
struct ReferenceAttempt: Sendable {
  let promptTokens: Int
  let cachedPromptTokens: Int
  /// Whether its prompt was completed.
  let hasToken: Bool

  init(_ request: ReferenceRequest) {
    promptTokens = request.promptTokens
    cachedPromptTokens = request.cachedPromptTokens ?? 0
    hasToken = request.samples.contains { !$0.tokenTimes.isEmpty }
  }
}
