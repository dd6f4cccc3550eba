internal import AnswerModels
public import Workloads

/// A query pool as a scenario uses it: read, and known to hold what the scenario's arms need.
public struct QueryPoolInput: Sendable {
  public let pool: QueryPool
  /// As the user gave it.
  public let path: String
  /// Declared columns of numbers.
  public let features: [String]
  /// Positions of the queries that are drawn, and of the others: a router's training set.
  public let drawn: [Int]
  public let kept: [Int]
  public let order: PoolDraw.Order
  /// By arm of the scenario: its position in the pool.
  public internal(set) var poolArms: [Int?] = []
  /// Names in the pool of arms that are called otherwise in the scenario.
  let armNames: [String: String]

  init(
    pool: QueryPool, path: String, features: [String], split: String?, order: PoolDraw.Order,
    armNames: [String: String]
  ) {
    self.pool = pool
    self.path = path
    self.features = features
    self.order = order
    self.armNames = armNames
    let all = Array(pool.entries.indices)
    drawn = split.map { split in all.filter { pool.entries[$0].split == split } } ?? all
    let taken = Set(drawn)
    kept = all.filter { !taken.contains($0) }
  }

  func draw(seed: UInt64) -> PoolDraw { PoolDraw(positions: drawn, order: order, seed: seed) }

  /// For learning beforehand: each query that is not drawn once, or where all are, each of those.
  func trainingDraw(seed: UInt64) -> PoolDraw {
    PoolDraw(positions: kept.isEmpty ? drawn : kept, order: .once, seed: seed)
  }

  func answers(_ draw: PoolDraw, seed: UInt64) -> PoolAnswers {
    PoolAnswers(pool, draw: draw, poolArms: poolArms, seed: seed)
  }
}

extension QueryPool {
  /// The tasks of the queries at `positions`, as a workload lists its own.
  func shares(of positions: [Int]) throws -> [TaskShare] {
    var counts = Array(repeating: 0, count: taskNames.count)
    for position in positions { counts[entries[position].task] += 1 }
    return try zip(taskNames, counts).map { name, count in
      TaskShare(
        name: name, share: Double(count), difficulty: (1, 1),
        prompt: LengthSpecification(law: .constant(1), longest: nil), output: nil,
        sheet: try .lengthsOnly(name: name))
    }
  }
}
