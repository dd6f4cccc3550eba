/// The loads of all replicas in a tree of minima: the least of any range, and who has it, in
/// logarithmic time, so that a router need not look at every replica.
struct LoadIndex {
  /// Replicas that the lowest level has room for, a power of two.
  private let width: Int
  /// `tree[i]` is the least of `tree[2i]` and `tree[2i + 1]`; the loads start at `width`.
  private var tree: [Int32]

  init(_ loads: [Int]) {
    var width = 1
    while width < loads.count { width *= 2 }
    self.width = width
    tree = Array(repeating: .max, count: 2 * width)
    for (index, load) in loads.enumerated() { tree[width + index] = Int32(load) }
    for node in stride(from: width - 1, to: 0, by: -1) {
      tree[node] = min(tree[2 * node], tree[2 * node + 1])
    }
  }

  mutating func update(_ replica: Int, to load: Int) {
    var node = width + replica
    var value = Int32(load)
    while tree[node] != value {
      tree[node] = value
      guard node > 1 else { return }
      value = min(value, tree[node ^ 1])
      node /= 2
    }
  }

  /// The least load in `range`, not empty, and the replica that has it: the first after `last`,
  /// or where there is none, the first of all.
  func least(in range: Range<Int>, after last: Int) -> (replica: Int, load: Int) {
    let load = minimum(in: range)
    let later = max(range.lowerBound, min(last + 1, range.upperBound))
    let replica =
      first(in: later..<range.upperBound, atMost: load)
      ?? first(in: range.lowerBound..<later, atMost: load)
    guard let replica else { preconditionFailure("no replica of load \(load)") }
    return (replica, Int(load))
  }

  private func minimum(in range: Range<Int>) -> Int32 {
    if range.lowerBound == 0 && range.upperBound >= width { return tree[1] }
    var least = Int32.max
    var (low, high) = (range.lowerBound + width, range.upperBound + width)
    while low < high {
      if low & 1 == 1 {
        least = min(least, tree[low])
        low += 1
      }
      if high & 1 == 1 {
        high -= 1
        least = min(least, tree[high])
      }
      low /= 2
      high /= 2
    }
    return least
  }

  /// The first replica in `range` with a load of at most `load`.
  private func first(in range: Range<Int>, atMost load: Int32) -> Int? {
    guard range.lowerBound < range.upperBound else { return nil }
    var node = range.lowerBound + width
    // Up until some subtree from here on holds one, then down to its first.
    while tree[node] > load {
      while node & 1 == 1 {
        node /= 2
        if node <= 1 { return nil }
      }
      node += 1
    }
    while node < width { node = tree[2 * node] <= load ? 2 * node : 2 * node + 1 }
    let replica = node - width
    return replica < range.upperBound ? replica : nil
  }
}
