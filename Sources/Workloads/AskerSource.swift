internal import NumericalMethods
public import Quantities

/// Priorities with the share of the queries that each has.
public struct PriorityMix: Sendable {
  private let levels: [Int]
  /// By level: the share of it and of all before it.
  private let cumulativeShares: [Double]

  /// At least one level; shares ≥ 0, relative to their sum, which is more than 0.
  public init(_ levels: [(level: Int, share: Double)]) {
    let total = levels.reduce(0) { $0 + $1.share }
    precondition(
      total > 0 && total.isFinite && levels.allSatisfy { $0.share >= 0 },
      "shares of \(levels.count) priorities sum to \(total)")
    self.levels = levels.map(\.level)
    var sum = 0.0
    cumulativeShares = levels.map { entry in
      sum += entry.share
      return sum / total
    }
  }

  /// The priority whose share of (0, 1) holds `probability`.
  func level(_ probability: Double) -> Int {
    levels[cumulativeShares.firstIndex { probability < $0 } ?? levels.count - 1]
  }
}

/// How urgent the queries of a task are, and how long their askers wait; nil where the stream's
/// own say stands.
public struct AskerTraits: Sendable {
  public var priorities: PriorityMix?
  public var timeout: DurationDistribution?
  public var patience: DurationDistribution?

  public init(
    priorities: PriorityMix? = nil, timeout: DurationDistribution? = nil,
    patience: DurationDistribution? = nil
  ) {
    self.priorities = priorities
    self.timeout = timeout
    self.patience = patience
  }
}

/// A stream whose queries get priority, timeout and patience by their task.
///
/// Each is a function of (seed, id of the query, purpose), whatever stream they are given to.
public struct AskerSource: QuerySource {
  private var base: any QuerySource
  /// By task.
  private let traits: [AskerTraits]
  private let priorityStream: RandomStream
  private let timeoutStream: RandomStream
  private let patienceStream: RandomStream

  public init(_ base: any QuerySource, traits: [AskerTraits], seed: UInt64) {
    self.base = base
    self.traits = traits
    priorityStream = RandomStream(seed: seed, purpose: "priority")
    timeoutStream = RandomStream(seed: seed, purpose: "timeout")
    patienceStream = RandomStream(seed: seed, purpose: "patience")
  }

  public mutating func next() throws -> Query? { try base.next().map(traited) }

  public var givesFollowUps: Bool { base.givesFollowUps }

  public mutating func followUp(to query: Query, endedAt end: SimTime) throws -> Query? {
    try base.followUp(to: query, endedAt: end).map(traited)
  }

  public var tally: TraceTally? { base.tally }

  private func traited(_ query: Query) -> Query {
    let traits = traits[query.task]
    var query = query
    if let priorities = traits.priorities {
      query.priority = priorities.level(priorityStream.uniform(id: query.id))
    }
    guard traits.timeout != nil || traits.patience != nil else { return query }
    var context = query.context
    if let timeout = traits.timeout {
      context.timeout = timeout.duration(timeoutStream.uniform(id: query.id))
    }
    if let patience = traits.patience {
      context.patience = patience.duration(patienceStream.uniform(id: query.id))
    }
    query.context = context
    return query
  }
}
