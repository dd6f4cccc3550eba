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

  /// What `learn` has asked for.
  subscript(rows: Int, contextTokens: Int) -> DecodeSegment {
    @inline(__always) _read {
      let first = DecodeKnots.index(holding: rows)
      yield byRows[rows][DecodeKnots.index(holding: contextTokens) - first]
    }
  }

  /// Asks the model for the segment of so many rows and tokens, unless it is known.
  @inline(__always) mutating func learn(
    rows: Int, contextTokens: Int, of model: any IterationModel
  ) {
    let index = DecodeKnots.index(holding: contextTokens) - DecodeKnots.index(holding: rows)
    if rows < byRows.count, !byRows[rows].isEmpty, !byRows[rows][index].context.isEmpty { return }
    ask(model, rows: rows, contextTokens: contextTokens, index: index)
  }

  @inline(never) private mutating func ask(
    _ model: any IterationModel, rows: Int, contextTokens: Int, index: Int
  ) {
    while byRows.count <= rows { byRows.append(Slab(capacity: 1)) }
    if byRows[rows].isEmpty {
      let most = DecodeKnots.index(holding: rows * longestContext)
      let length = most - DecodeKnots.index(holding: rows) + 1
      var segments = Slab<DecodeSegment>(capacity: length)
      for _ in 0..<length { segments.append(Self.unknown) }
      byRows[rows] = segments
    }
    let segment = model.decodeSegment(rows: rows, contextTokens: contextTokens)
    precondition(segment.base.duration > .zero, "an iteration that takes no time")
    byRows[rows][index] = segment
  }
}
