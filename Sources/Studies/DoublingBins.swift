/// A sum that can take in another sum of its kind.
public protocol Mergeable: Sendable {
  /// The empty sum.
  init()
  mutating func merge(_ other: Self)
}

/// Sums over equal, contiguous ranges of a key that grows without a known end.
///
/// Starts with one key a bin; whenever a key lies past the last of `limit` bins, neighbours are
/// merged two by two and the bins are twice as wide. Memory is therefore constant, and the result
/// depends only on what was added and on the largest key, never on the order.
public struct DoublingBins<Bin: Mergeable>: Sendable {
  /// Most bins ever held.
  public let limit: Int
  /// Bin `i` holds the keys from `i << shift` up to, not including, `(i + 1) << shift`.
  public private(set) var shift: UInt64 = 0
  public private(set) var bins: [Bin] = []

  /// Keys in one bin.
  public var width: UInt64 { 1 << shift }

  public init(limit: Int) {
    precondition(limit >= 2, "at least two bins, not \(limit)")
    self.limit = limit
  }

  /// Lets `change` add to the bin of `key`. Amortised O(1).
  public mutating func update(_ key: UInt64, _ change: (inout Bin) -> Void) {
    while key &>> shift >= UInt64(limit) { double() }
    let index = Int(truncatingIfNeeded: key &>> shift)
    while bins.count <= index { bins.append(Bin()) }
    change(&bins[index])
  }

  /// The same sums in bins that are `1 << wantedShift` keys wide; it cannot be narrower than now.
  public func widened(toShift wantedShift: UInt64) -> Self {
    precondition(wantedShift >= shift, "bins cannot be made narrower")
    var copy = self
    while copy.shift < wantedShift { copy.double() }
    return copy
  }

  private mutating func double() {
    for index in 0..<(bins.count + 1) / 2 {
      var merged = bins[2 * index]
      if 2 * index + 1 < bins.count { merged.merge(bins[2 * index + 1]) }
      bins[index] = merged
    }
    bins.removeLast(bins.count / 2)
    shift += 1
  }
}
