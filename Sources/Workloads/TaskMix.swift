public import NumericalMethods
internal import Quantities

/// Which tasks the queries belong to, and how hard they are within them.
public struct TaskMix: Sendable {
  public struct Part: Sendable {
    /// Index into the scenario's list of tasks.
    public var task: Int
    /// Share of the queries, relative to the other parts'.
    public var weight: Double
    /// Of the quantile of difficulty within the task's reference distribution: beta(1, 1) is the
    /// population of the benchmark itself, others tilt it to easier or harder queries.
    public var difficulty: BetaDistribution

    public init(
      task: Int, weight: Double, difficulty: BetaDistribution = BetaDistribution(a: 1, b: 1)
    ) {
      self.task = task
      self.weight = weight
      self.difficulty = difficulty
    }
  }

  public let parts: [Part]
  /// By part: the share of it and of all before it.
  private let cumulativeShares: [Double]

  /// At least one part; weights ≥ 0, not all 0.
  public init(_ parts: [Part]) {
    precondition(parts.allSatisfy { $0.weight >= 0 && $0.weight.isFinite }, "a weight below 0")
    let total = parts.reduce(0) { $0 + $1.weight }
    precondition(total > 0, "weights of \(parts.count) tasks sum to \(total)")
    self.parts = parts
    var sum = 0.0
    cumulativeShares = parts.map { part in
      sum += part.weight
      return sum / total
    }
  }

  /// The part whose share of (0, 1) holds `probability`.
  func partIndex(_ probability: Double) -> Int {
    cumulativeShares.firstIndex { probability < $0 } ?? parts.lastIndex { $0.weight > 0 } ?? 0
  }
}

/// Draws task and difficulty of a query by its id.
struct TaskMixDraw: Sendable {
  let mix: TaskMix
  private let partStream: RandomStream
  private let difficultyStream: RandomStream

  init(_ mix: TaskMix, seed: UInt64) {
    self.mix = mix
    partStream = RandomStream(seed: seed, purpose: "query task")
    difficultyStream = RandomStream(seed: seed, purpose: "query difficulty")
  }

  func callAsFunction(_ id: UInt64) -> (partIndex: Int, difficulty: Double) {
    let index = part(id)
    return (index, difficulty(id, part: index))
  }

  /// The part that a query, or a session, belongs to.
  ///
  /// A draw that decides nothing is left out.
  func part(_ id: UInt64) -> Int {
    mix.parts.count == 1 ? 0 : mix.partIndex(partStream.uniform(id: id))
  }

  /// The difficulty of a query that is known to belong to a part.
  func difficulty(_ id: UInt64, part: Int) -> Double {
    mix.parts[part].difficulty.quantile(difficultyStream.uniform(id: id))
  }

  /// How hard the query is within a task that it names itself.
  func difficulty(of id: UInt64, task: Int) -> Double {
    let part = mix.parts.first { $0.task == task } ?? mix.parts[0]
    return part.difficulty.quantile(difficultyStream.uniform(id: id))
  }
}
