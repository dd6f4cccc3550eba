/// The counts of a `QuantileSketch` where few of its cells are used: as large as what it holds.
public struct SparseQuantileSketch: Hashable, Sendable {
  /// Values by cell.
  fileprivate var counts: [UInt32: UInt32] = [:]
  public private(set) var count = 0

  public init() {}

  /// Records `value`; a negative one counts as 0.
  public mutating func record(_ value: Int64) {
    counts[UInt32(QuantileSketch.cell(of: max(0, value))), default: 0] &+= 1
    count += 1
  }

  public mutating func merge(_ other: Self) {
    counts.merge(other.counts) { $0 &+ $1 }
    count += other.count
  }
}

/// Quantiles of several sketches together, and the parts that each of them has in a share.
public struct PooledQuantiles: Sendable {
  /// The cells that any sketch uses, by rising value.
  private let cells: [UInt32]
  /// Values in each of these and all below.
  private let cumulative: [Int]
  private let parts: [SparseQuantileSketch]
  /// Values in all sketches.
  public let count: Int

  public init(_ parts: [SparseQuantileSketch]) {
    var sums: [UInt32: Int] = [:]
    for part in parts {
      for (cell, count) in part.counts { sums[cell, default: 0] += Int(count) }
    }
    let cells = sums.keys.sorted()
    self.parts = parts
    self.cells = cells
    var running = 0
    cumulative = cells.map {
      running += sums[$0] ?? 0
      return running
    }
    count = running
  }

  /// The value of nearest rank, as `QuantileSketch.quantile` has it; nil without values.
  public func quantile(_ fraction: Double) -> Double? {
    cell(at: fraction).map { QuantileSketch.middle(ofCell: Int(cells[$0])) }
  }

  /// The share of the values below the quantile at `fraction`, those in its own cell counted half,
  /// without each of the parts in turn; nothing where one part alone has values, for without it
  /// there is no share.
  public func sharesBelowQuantile(_ fraction: Double) -> [Double] {
    guard let place = cell(at: fraction), parts.allSatisfy({ $0.count < count }) else { return [] }
    let cell = cells[place]
    let below = place == 0 ? 0 : cumulative[place - 1]
    let all = Double(below + cumulative[place]) / 2
    return parts.map { part in
      let left = count - part.count
      let removed = part.counts.reduce(0.0) { sum, entry in
        entry.key < cell ? sum + Double(entry.value) : sum
      }
      return (all - removed - Double(part.counts[cell] ?? 0) / 2) / Double(left)
    }
  }

  private func cell(at fraction: Double) -> Int? {
    guard count > 0 else { return nil }
    let rank = max(1, Int((fraction * Double(count)).rounded(.up)))
    return min(cumulative.partitioningIndex { $0 >= rank }, cells.count - 1)
  }
}

extension [Int] {
  /// The first index of rising numbers at which `isPast` holds.
  fileprivate func partitioningIndex(where isPast: (Int) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = (low + high) / 2
      if isPast(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension QuantileSketch {
  /// The value by which a cell is reported: its middle.
  static func middle(ofCell cell: Int) -> Double {
    let half = 1 << (cellDigits - 1)
    let shift = max(0, cell / half - 1)
    let lowest = Int64(cell - shift * half) << Int64(shift)
    return Double(lowest + (Int64(1) << Int64(shift)) / 2)
  }
}
