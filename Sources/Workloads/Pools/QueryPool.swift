/// What one arm made of one query when somebody measured it.
public struct PoolOutcome: Hashable, Sendable {
  /// 0 for wrong, 1 for right; in between the share of right answers, or a grade.
  public var score: Double
  public var promptTokens: Int
  public var completionTokens: Int

  public init(score: Double, promptTokens: Int, completionTokens: Int) {
    self.score = score
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
  }
}

/// Queries whose outcomes under every arm were measured: real accuracies and lengths in the place
/// of modeled ones.
public struct QueryPool: Sendable {
  /// One query of the pool.
  public struct Entry: Sendable {
    public var id: String
    /// Index into `taskNames`.
    public var task: Int
    /// The part of the pool that it belongs to, as `test`; empty where nobody says.
    public var split: String
    public var features: QueryFeatures?
    /// By arm of the pool; nil where it was not measured.
    public var outcomes: [PoolOutcome?]
    /// Rank of the query among those of its task by how many arms fail it, in (0, 1).
    public var difficulty = 0.5

    public init(
      id: String, task: Int, split: String = "", features: QueryFeatures? = nil,
      outcomes: [PoolOutcome?]
    ) {
      self.id = id
      self.task = task
      self.split = split
      self.features = features
      self.outcomes = outcomes
    }
  }

  public let taskNames: [String]
  public let armNames: [String]
  public let entries: [Entry]

  /// Sets the difficulties of `entries`.
  public init(taskNames: [String], armNames: [String], entries: [Entry]) {
    self.taskNames = taskNames
    self.armNames = armNames
    var ranked = entries
    let failure = entries.map(\.failure)
    for task in taskNames.indices {
      let members = entries.indices.filter { entries[$0].task == task }
        .sorted { (failure[$0], $0) < (failure[$1], $1) }
      for (rank, index) in members.enumerated() {
        ranked[index].difficulty = (Double(rank) + 0.5) / Double(members.count)
      }
    }
    self.entries = ranked
  }

  /// Of the queries at `positions` the first that one of `arms` has no outcome for.
  public func missingOutcome(
    among positions: [Int], arms: [Int]
  ) -> (query: String, arm: String)? {
    for position in positions {
      for arm in arms where entries[position].outcomes[arm] == nil {
        return (entries[position].id, armNames[arm])
      }
    }
    return nil
  }
}

extension QueryPool.Entry {
  /// Mean of what was missed, 0 to 1.
  fileprivate var failure: Double {
    let scores = outcomes.compactMap { $0?.score }
    return scores.isEmpty ? 0.5 : 1 - scores.reduce(0, +) / Double(scores.count)
  }
}
