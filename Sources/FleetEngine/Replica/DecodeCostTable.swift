internal import DeviceModels
internal import Quantities

/// The decode segments that a pool met last, so that its device model is seldom asked.
///
/// The model works a segment out from two knots, which costs more than everything else that a
/// stretch needs; a pool meets the same few again and again. The table has a place for each row
/// count and range of contexts, which those much further apart share: the newcomer takes it.
/// It grows with the row counts met, up to a fixed size, however long contexts become.
struct DecodeCostTable: ~Copyable {
  struct Entry {
    /// 0 where nothing is known.
    var rows = 0
    var segment: DecodeSegment
  }

  /// Ranges of contexts that have a place of their own for one row count: four octaves, more than
  /// the summed context of so many rows wanders between two visits.
  private static let rangesPerRowCount = 16
  private static let fewestRowCounts = 16
  private static let mostRowCounts = 512
  private static let nothing = Entry(
    segment: DecodeSegment(
      context: 0..<0, base: IterationCost(duration: .zero, energy: .zero), ticksPerToken: 0,
      energyPerToken: 0, decodeOwnEnergyPerToken: 0))

  /// A power of two of them.
  private var entries: Slab<Entry>

  init() { entries = Self.vacant(rowCounts: Self.fewestRowCounts) }

  /// Places, taken or not.
  var capacity: Int { entries.count }
  static var mostCapacity: Int { mostRowCounts * rangesPerRowCount }

  /// The segment in a place that `place` has named.
  subscript(place: Int) -> DecodeSegment {
    @inline(__always) _read { yield entries[place].segment }
  }

  /// Where the segment of so many rows and tokens stands, until the next call; `model` is asked
  /// for one that is not there.
  @inline(__always) mutating func place(
    rows: Int, contextTokens: Int, of model: any IterationModel
  ) -> Int {
    let place = Self.place(rows, contextTokens, of: entries.count)
    if entries[place].rows == rows, entries[place].segment.context.contains(contextTokens) {
      return place
    }
    return ask(model, rows: rows, contextTokens: contextTokens)
  }

  @inline(__always) private static func place(
    _ rows: Int, _ contextTokens: Int, of count: Int
  ) -> Int {
    (rows &* rangesPerRowCount &+ DecodeKnots.index(holding: contextTokens)) & (count - 1)
  }

  @inline(never) private mutating func ask(
    _ model: any IterationModel, rows: Int, contextTokens: Int
  ) -> Int {
    precondition(
      rows > 0 && contextTokens >= rows, "\(rows) rows that attend to \(contextTokens) tokens")
    growIfNarrow(rows)
    let segment = model.decodeSegment(rows: rows, contextTokens: contextTokens)
    segment.checkContract(holding: contextTokens)
    let place = Self.place(rows, contextTokens, of: entries.count)
    entries[place] = Entry(rows: rows, segment: segment)
    return place
  }

  private mutating func growIfNarrow(_ rows: Int) {
    var rowCounts = entries.count / Self.rangesPerRowCount
    while rowCounts <= rows, rowCounts < Self.mostRowCounts { rowCounts *= 2 }
    guard rowCounts * Self.rangesPerRowCount > entries.count else { return }
    var larger = Self.vacant(rowCounts: rowCounts)
    for index in 0..<entries.count where entries[index].rows > 0 {
      let first = entries[index].segment.context.lowerBound
      larger[Self.place(entries[index].rows, first, of: larger.count)] = entries[index]
    }
    entries = larger
  }

  private static func vacant(rowCounts: Int) -> Slab<Entry> {
    var entries = Slab<Entry>(capacity: rowCounts * rangesPerRowCount)
    for _ in 0..<rowCounts * rangesPerRowCount { entries.append(nothing) }
    return entries
  }
}
