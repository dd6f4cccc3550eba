/// Replicas by their load, so that a router finds one of a wanted load without looking at all.
///
/// Each load up to `top` has a set of replicas, a bit each; higher loads share the last set. A
/// change takes constant time, a question as many steps as there are loads between the one asked
/// for and the one found, and words in their sets.
struct LoadBuckets {
  private static let top = 1 << 14

  private let wordCount: Int
  /// By replica.
  private var loads: [Int32]
  /// By load, then by word of 64 replicas.
  private var members: [UInt64] = []
  /// By load: replicas.
  private var counts: [Int32] = []

  init(_ loads: [Int]) {
    wordCount = (loads.count + 63) / 64
    self.loads = loads.map { Int32($0) }
    for (replica, load) in loads.enumerated() { insert(replica, min(load, Self.top)) }
  }

  mutating func update(_ replica: Int, to load: Int) {
    let before = min(Int(loads[replica]), Self.top)
    loads[replica] = Int32(load)
    let after = min(load, Self.top)
    guard before != after else { return }
    members[before * wordCount + replica / 64] &= ~(1 << UInt64(replica % 64))
    counts[before] -= 1
    insert(replica, after)
  }

  private mutating func insert(_ replica: Int, _ bucket: Int) {
    while counts.count <= bucket {
      counts.append(0)
      members.append(contentsOf: repeatElement(0, count: wordCount))
    }
    members[bucket * wordCount + replica / 64] |= 1 << UInt64(replica % 64)
    counts[bucket] += 1
  }

  /// The highest load in `range` that is at most `load`, and the first replica that has it.
  func most(in range: Range<Int>, atMost load: Int) -> (replica: Int, load: Int)? {
    var bucket = min(load, counts.count - 1)
    while bucket >= 0 {
      if let found = first(in: range, bucket), Int(loads[found]) <= load {
        return (found, Int(loads[found]))
      }
      bucket -= 1
    }
    return nil
  }

  /// The lowest load in `range` that is above `load`, and the first replica that has it.
  func least(in range: Range<Int>, above load: Int) -> (replica: Int, load: Int)? {
    var bucket = max(0, load + 1)
    while bucket < counts.count {
      if let found = first(in: range, bucket) { return (found, Int(loads[found])) }
      bucket += 1
    }
    return nil
  }

  private func first(in range: Range<Int>, _ bucket: Int) -> Int? {
    guard counts[bucket] > 0, !range.isEmpty else { return nil }
    let base = bucket * wordCount
    for word in range.lowerBound / 64...(range.upperBound - 1) / 64 {
      var bits = members[base + word]
      if word == range.lowerBound / 64 { bits &= ~0 << UInt64(range.lowerBound % 64) }
      guard bits != 0 else { continue }
      let replica = word * 64 + bits.trailingZeroBitCount
      return replica < range.upperBound ? replica : nil
    }
    return nil
  }
}
