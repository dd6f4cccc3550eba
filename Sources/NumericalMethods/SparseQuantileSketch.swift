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

/// Quantiles of several sketches together, and of all but one of them.
public struct PooledQuantiles: Sendable {
  /// The cells that any sketch uses, by rising value.
  private let cells: [UInt32]
  private let totals: [Int]
  private let parts: [SparseQuantileSketch]
  private let count: Int

  public init(_ parts: [SparseQuantileSketch]) {
    var sums: [UInt32: Int] = [:]
    for part in parts {
      for (cell, count) in part.counts { sums[cell, default: 0] += Int(count) }
    }
    let cells = sums.keys.sorted()
    self.parts = parts
    self.cells = cells
    totals = cells.map { sums[$0] ?? 0 }
    count = parts.reduce(0) { $0 + $1.count }
  }

  /// The values of nearest rank, as `QuantileSketch.quantile` has them; nil if nothing is left.
  public func quantiles(_ fractions: [Double], without part: Int? = nil) -> [Double]? {
    let left = count - (part.map { parts[$0].count } ?? 0)
    guard left > 0 else { return nil }
    var sums = totals
    if let part {
      let removed = parts[part].counts
      for (index, cell) in cells.enumerated() { sums[index] -= Int(removed[cell] ?? 0) }
    }
    var running = 0
    for index in sums.indices {
      running += sums[index]
      sums[index] = running
    }
    return fractions.map { fraction in
      let rank = max(1, Int((fraction * Double(left)).rounded(.up)))
      let index = sums.partitioningIndex { $0 >= rank }
      return QuantileSketch.middle(ofCell: Int(cells[min(index, cells.count - 1)]))
    }
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
