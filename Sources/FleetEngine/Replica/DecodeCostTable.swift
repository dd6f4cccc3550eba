internal import DeviceModels
internal import Quantities

/// The decode segments of one pool's device model, each asked for once.
///
/// The model works a segment out from two knots, which costs more than everything else that a
/// stretch needs; a pool meets the same few again and again.
struct DecodeCostTable: ~Copyable {
  /// By row count: the segments between the fewest and the most tokens that so many rows attend
  /// to. An empty range of contexts marks one that was never asked for.
  private var byRows: Slab<Slab<DecodeSegment>> = Slab()
  private let longestContext: Int
  private static let unknown = DecodeSegment(
    context: 0..<0, base: IterationCost(duration: .zero, energy: .zero), ticksPerToken: 0,
    energyPerToken: 0, decodeOwnEnergyPerToken: 0)

  /// `longestContext` is the most tokens that one row attends to.
  init(longestContext: Int) { self.longestContext = longestContext }

  mutating func segment(
    rows: Int, contextTokens: Int, of model: any IterationModel
  ) -> DecodeSegment {
    while byRows.count <= rows { byRows.append(Slab(capacity: 1)) }
    let first = DecodeKnots.index(holding: rows)
    if byRows[rows].isEmpty {
      let last = DecodeKnots.index(holding: rows * longestContext)
      var segments = Slab<DecodeSegment>(capacity: last - first + 1)
      for _ in first...last { segments.append(Self.unknown) }
      byRows[rows] = segments
    }
    let index = DecodeKnots.index(holding: contextTokens) - first
    if byRows[rows][index].context.isEmpty {
      let segment = model.decodeSegment(rows: rows, contextTokens: contextTokens)
      precondition(segment.base.duration > .zero, "an iteration that takes no time")
      byRows[rows][index] = segment
    }
    return byRows[rows][index]
  }
}
