public import Workloads

/// The rank of the prompt's length among those of its task: long prompts look hard. It costs
/// nothing, and is as good as length tells difficulty; in synthetic workloads not at all.
public struct PromptLengthEstimator: DifficultyEstimator {
  /// By task: prompt lengths of typical queries, ascending.
  private let lengths: [[Int]]

  /// `lengths` by task, in any order; a task without any looks middling.
  public init(typicalLengths lengths: [[Int]]) { self.lengths = lengths.map { $0.sorted() } }

  /// The middle of the ranks that are as long.
  public func estimate(_ query: Query) -> Double {
    guard query.task < lengths.count, !lengths[query.task].isEmpty else { return 0.5 }
    let lengths = lengths[query.task]
    let below = Self.count(lengths) { $0 < query.promptTokens }
    let upTo = Self.count(lengths) { $0 <= query.promptTokens }
    return (Double(below + upTo) / 2 + 0.5) / Double(lengths.count + 1)
  }

  /// How many, from the front, hold a condition that later ones do not.
  private static func count(_ sorted: [Int], _ holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(sorted[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
