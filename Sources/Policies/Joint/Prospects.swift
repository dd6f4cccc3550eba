/// What an arm can be expected to make of a query.
public struct Prospect: Hashable, Sendable {
  /// Chance of a right answer; 0 where nobody can say.
  public var accuracy = 0.0
  /// Tokens of the prompt as the arm sends it, beyond the request's own.
  public var furtherPromptTokens = 0.0
  /// Output tokens of all samples, and of the longest of them.
  public var outputTokens = 0.0
  public var longestOutputTokens = 0.0

  public init() {}

  static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.accuracy += b.accuracy
    sum.furtherPromptTokens += b.furtherPromptTokens
    sum.outputTokens += b.outputTokens
    sum.longestOutputTokens += b.longestOutputTokens
    return sum
  }

  static func * (a: Self, factor: Double) -> Self {
    var product = a
    product.accuracy *= factor
    product.furtherPromptTokens *= factor
    product.outputTokens *= factor
    product.longestOutputTokens *= factor
    return product
  }
}

/// The prospects of every arm by task and estimated difficulty, learned from queries whose outcomes
/// were known: a router's training set, which holds none of the queries that it is going to meet.
///
/// Values stand at evenly spaced estimates and are lines in between.
public struct Prospects: Sendable {
  /// By task, then node of the estimate, then arm.
  private let cells: [Prospect]
  /// By task, then node: how many of the training queries were there.
  private let queries: [Double]
  private let nodeCount: Int
  public let armCount: Int

  init(cells: [Prospect], queries: [Double], nodeCount: Int, armCount: Int) {
    self.cells = cells
    self.queries = queries
    self.nodeCount = nodeCount
    self.armCount = armCount
  }

  /// A kind of query that training met: its task, the estimate of its difficulty, and how often it
  /// came.
  struct Kind {
    var task: Int
    var estimate: Double?
    var queries: Double
  }

  /// All kinds that training met.
  var kinds: [Kind] {
    queries.indices.filter { queries[$0] > 0 }.map { row in
      let node = row % nodeCount
      let estimate = nodeCount > 1 ? Double(node) / Double(nodeCount - 1) : nil
      return Kind(task: row / nodeCount, estimate: estimate, queries: queries[row])
    }
  }

  /// Of a query that looks as hard as `estimate`, 0 to 1; the task's mean where nobody says.
  public func prospect(task: Int, estimate: Double?, arm: Int) -> Prospect {
    let place = Self.place(estimate, nodeCount)
    let lower = cells[(task * nodeCount + place.node) * armCount + arm]
    guard place.fraction > 0 else { return lower }
    let upper = cells[(task * nodeCount + place.node + 1) * armCount + arm]
    return lower * (1 - place.fraction) + upper * place.fraction
  }

  /// The node at or below an estimate, and how far it is on the way to the next.
  static func place(_ estimate: Double?, _ nodeCount: Int) -> (node: Int, fraction: Double) {
    guard let estimate, nodeCount > 1 else { return (0, 0) }
    let position = min(1, max(0, estimate)) * Double(nodeCount - 1)
    let node = min(nodeCount - 2, Int(position))
    return (node, position - Double(node))
  }
}

/// Outcomes of training queries on their way to prospects.
public struct ProspectTraining {
  private let nodeCount: Int
  private let armCount: Int
  private var sums: [Prospect]
  private var weights: [Double]

  /// `nodeCount` estimates from 0 to 1; 1 where nobody estimates.
  public init(taskCount: Int, armCount: Int, nodeCount: Int) {
    precondition(nodeCount >= 1 && taskCount >= 1, "\(nodeCount) nodes, \(taskCount) tasks")
    self.nodeCount = nodeCount
    self.armCount = armCount
    sums = Array(repeating: Prospect(), count: taskCount * nodeCount * armCount)
    weights = Array(repeating: 0, count: sums.count)
  }

  /// An outcome counts for the two nodes around its estimate, the more the nearer.
  public mutating func add(task: Int, estimate: Double?, arm: Int, _ outcome: Prospect) {
    let place = Prospects.place(estimate, nodeCount)
    for (node, weight) in [(place.node, 1 - place.fraction), (place.node + 1, place.fraction)]
    where weight > 0 {
      let cell = (task * nodeCount + node) * armCount + arm
      sums[cell] = sums[cell] + outcome * weight
      weights[cell] += weight
    }
  }

  /// Means; where a node has met nothing, those of the nearest that has.
  public var prospects: Prospects {
    var cells = sums
    for cell in cells.indices where weights[cell] > 0 {
      cells[cell] = sums[cell] * (1 / weights[cell])
    }
    for cell in cells.indices where weights[cell] == 0 {
      if let nearest = nearest(to: cell) { cells[cell] = sums[nearest] * (1 / weights[nearest]) }
    }
    let queries = stride(from: 0, to: weights.count, by: armCount).map {
      weights[$0..<$0 + armCount].max() ?? 0
    }
    return Prospects(cells: cells, queries: queries, nodeCount: nodeCount, armCount: armCount)
  }

  private func nearest(to cell: Int) -> Int? {
    let (arm, row) = (cell % armCount, cell / armCount)
    let (node, task) = (row % nodeCount, row / nodeCount)
    let met = (0..<nodeCount).filter { weights[(task * nodeCount + $0) * armCount + arm] > 0 }
    return met.min { abs($0 - node) < abs($1 - node) }
      .map { (task * nodeCount + $0) * armCount + arm }
  }
}
