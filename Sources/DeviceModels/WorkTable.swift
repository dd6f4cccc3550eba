#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Whole numbers between which a table is interpolated: each octave in `1 << digits` equal parts,
/// every number up to `2 << digits` being a knot itself.
struct OctaveKnots: Hashable, Sendable {
  let digits: Int

  /// The knot at or below `number`, counted from 0.
  @inline(__always)
  func index(atOrBelow number: Int) -> Int {
    let octave = Int.bitWidth - 1 - number.leadingZeroBitCount
    let shift = max(0, octave - digits)
    return (shift << digits) + (number >> shift)
  }

  /// The number at a knot.
  @inline(__always)
  func number(at index: Int) -> Int {
    let shift = max(0, (index >> digits) - 1)
    return (index - (shift << digits)) << shift
  }

  /// The least position for a number, and how far it lies toward the next knot: 0…1, more beyond
  /// the last of `count` knots.
  @inline(__always)
  func place(_ number: Int, count: Int) -> (index: Int, share: Double) {
    let octave = Int.bitWidth - 1 - number.leadingZeroBitCount
    let shift = max(0, octave - digits)
    let index = (shift << digits) + (number >> shift)
    guard index > count - 2 else {
      // Knots are powers of two apart here: what lies behind the knot, times their inverse.
      let beyond = Double(number & ((1 << shift) - 1))
      return (index, beyond * Double(bitPattern: UInt64(1023 - shift) << 52))
    }
    let last = count - 2
    let lower = self.number(at: last)
    return (last, Double(number - lower) / Double(self.number(at: last + 1) - lower))
  }
}

/// Where a measured time is level or dips, time still grows by this share of what the roofline
/// says: more work is never free.
private let leastShareOfRoofline = 0.9

/// What a phase takes by one count (tokens or rows): a line between knots, going on beyond the
/// last. Never falls.
struct WorkTable: Sendable {
  /// Seconds; seconds of arithmetic and of memory traffic at the data sheet's peaks; seconds by the
  /// rooflines alone.
  typealias Entry = SIMD4<Double>

  static let knots = OctaveKnots(digits: 4)
  private let entries: [Entry]

  /// Tabulates `work` up to the first knot beyond `limit`; a knot takes no less than the one
  /// before it.
  init(upTo limit: Int, _ work: (Double) -> Entry) {
    let count = Self.knots.index(atOrBelow: limit) + 2
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for index in 0..<count {
      var entry = work(Double(Self.knots.number(at: index)))
      let last = entries.last ?? entry
      entry.replace(with: last, where: entry .< last)
      entry[0] = max(entry[0], last[0] + leastShareOfRoofline * (entry[3] - last[3]))
      entries.append(entry)
    }
    self.entries = entries
  }

  @inline(__always)
  func entry(at number: Int) -> Entry { entry(at: place(of: number)) }

  /// Where a number stands in this table, and in others of the same limit.
  @inline(__always)
  func place(of number: Int) -> (index: Int, share: Double) {
    Self.knots.place(number, count: entries.count)
  }

  @inline(__always)
  func entry(at place: (index: Int, share: Double)) -> Entry {
    let (index, share) = place
    return entries[index] + share * (entries[index + 1] - entries[index])
  }
}

/// What attention takes by two counts: rows or prompt tokens, and the context tokens or pairs
/// that they attend to in sum. Bilinear between knots; beyond the last a line in the second count,
/// and constant in the first. Never falls.
struct WorkGrid: Sendable {
  /// Seconds; seconds at the data sheet's peak of what it mostly does; seconds by the roofline.
  typealias Entry = SIMD4<Double>

  /// Those of the second count are `DecodeKnots`: what the engine takes for a line is one.
  static let knots = OctaveKnots(digits: DecodeKnots.digits)
  /// Between knots of the second count time grows at most by this power of it: what a surface
  /// jumps by is spread over a few knots, so that lines between them keep close to the energy.
  private static let mostExponent = 1.25
  private let rowCount: Int
  private let columnCount: Int
  /// Without the roofline, which only the making of the grid needs: half as much to fetch.
  private let entries: [SIMD2<Double>]

  init(rowsUpTo rowLimit: Int, columnsUpTo columnLimit: Int, _ work: (Double, Double) -> Entry) {
    rowCount = Self.knots.index(atOrBelow: rowLimit) + 2
    columnCount = Self.knots.index(atOrBelow: columnLimit) + 2
    // Plain numbers, not vectors: without optimisation those are dear, and tests make hundreds.
    var seconds = [Double](repeating: 0, count: rowCount * columnCount)
    var peak = seconds
    var roofline = seconds
    let mostGrowth = (1..<columnCount).map { column in
      let growth =
        Double(Self.knots.number(at: column)) / Double(max(1, Self.knots.number(at: column - 1)))
      return pow(growth, Self.mostExponent)
    }
    for row in 1..<rowCount {
      let rows = Double(Self.knots.number(at: row))
      // Every row attends to itself at least.
      for column in row..<max(row, columnCount) {
        let position = row * columnCount + column
        let entry = work(rows, Double(Self.knots.number(at: column)))
        (seconds[position], peak[position], roofline[position]) = (entry[0], entry[1], entry[2])
        guard column > row else { continue }
        let before = seconds[position - 1]
        peak[position] = max(entry[1], peak[position - 1])
        roofline[position] = max(entry[2], roofline[position - 1])
        let more = leastShareOfRoofline * (roofline[position] - roofline[position - 1])
        let bounded = max(min(entry[0], before * mostGrowth[column - 1]), before)
        seconds[position] = max(bounded, before + more)
      }
    }
    for column in 1..<columnCount {
      Self.order(&seconds, column, rowCount, columnCount)
      Self.order(&peak, column, rowCount, columnCount)
    }
    entries = zip(seconds, peak).map { SIMD2($0, $1) }
  }

  /// Makes one column rise with the rows: each entry becomes the geometric mean of the largest with
  /// fewer rows and the smallest with more. Where the context has fewer tokens than there are rows,
  /// the last entry that can occur holds.
  private static func order(
    _ entries: inout [Double], _ column: Int, _ rowCount: Int, _ columnCount: Int
  ) {
    let last = min(column, rowCount - 1)
    var least = entries[last * columnCount + column]
    var lower = [Double](repeating: least, count: last + 1)
    for row in stride(from: last, through: 1, by: -1) {
      least = min(least, entries[row * columnCount + column])
      lower[row] = least
    }
    var most = 0.0
    for row in 1..<rowCount {
      let position = row * columnCount + column
      guard row <= last else {
        entries[position] = entries[position - columnCount]
        continue
      }
      most = max(most, entries[position])
      entries[position] = (most * lower[row]).squareRoot()
    }
  }

  /// Seconds, and seconds at the data sheet's peak; at least one row and one column.
  @inline(__always)
  func entry(rows: Int, columns: Int) -> SIMD2<Double> {
    let (row, rowShare) = Self.knots.place(rows, count: rowCount)
    let (column, columnShare) = Self.knots.place(columns, count: columnCount)
    let first = row * columnCount + column
    let next = first + columnCount
    let lower = entries[first] + columnShare * (entries[first + 1] - entries[first])
    let upper = entries[next] + columnShare * (entries[next + 1] - entries[next])
    return lower + min(rowShare, 1) * (upper - lower)
  }
}
