/// A quantile function read from a table: a few multiplications for what else takes logarithms
/// and exponentials. For draws, of which a run takes millions.
///
/// Cubic pieces over cells that shrink with the distance to the nearer end of (0, 1), 64 in each
/// octave of it. For the standard normal distribution the error is below 1e-9; for a log-normal
/// one it is below 1e-9·max(1, s⁴) of the value, s being the standard deviation of the logarithm.
/// Beyond 2⁻²⁴ from either end the exact function is asked. Monotone up to rounding.
public final class TabulatedQuantile: QuantileFunction, @unchecked Sendable {
  /// N(0, 1).
  public static let standardNormal = TabulatedQuantile(mean: 0, StandardNormal.quantile)

  /// Binary digits of a probability that tell its cell within the octave.
  private static let cellBits: UInt64 = 6
  private static let octaves = 24
  /// Of a Double's bits those that say where within the cell it lies.
  private static let digitsWithin: UInt64 = 52 - cellBits
  /// The cell that begins at 1/2.
  private static let middleCell = Int((0.5).bitPattern >> digitsWithin)

  private struct Cubic: Sendable {
    var constant: Double
    var linear: Double
    var square: Double
    var cube: Double

    /// Through values at 0, 1/3, 2/3 and 1.
    init(_ a: Double, _ b: Double, _ c: Double, _ d: Double) {
      constant = a
      linear = (-11 * a + 18 * b - 9 * c + 2 * d) / 2
      square = (18 * a - 45 * b + 36 * c - 9 * d) / 2
      cube = (-9 * a + 27 * b - 27 * c + 9 * d) / 2
    }

    func callAsFunction(_ t: Double) -> Double {
      constant + t * (linear + t * (square + t * cube))
    }
  }

  private static let cellCount = octaves << Int(cellBits) + 1

  public let mean: Double
  /// The pieces of the lower half from the middle outwards, then those of the upper one. Written
  /// at creation only; plain memory, so that a draw counts no references.
  private let pieces: UnsafeMutablePointer<Cubic>
  private let exact: @Sendable (Double) -> Double

  /// Tabulates `exact`, which is smooth on (0, 1).
  public init(mean: Double, _ exact: @escaping @Sendable (Double) -> Double) {
    self.mean = mean
    self.exact = exact
    pieces = .allocate(capacity: 2 * Self.cellCount)
    for cell in 0..<Self.cellCount {
      (pieces + cell).initialize(to: Self.piece(cell, exact))
      (pieces + Self.cellCount + cell).initialize(to: Self.piece(cell) { exact(1 - $0) })
    }
  }

  deinit { pieces.deallocate() }

  /// Tabulates `law`.
  public convenience init(_ law: some QuantileFunction) { self.init(mean: law.mean, law.quantile) }

  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "quantile of \(probability)")
    // Which half it is, is for chance to decide: no branch could foretell it.
    let tail = min(probability, 1 - probability)
    let cell = Self.middleCell - Int(tail.bitPattern >> Self.digitsWithin)
    guard cell < Self.cellCount else { return exact(probability) }
    // The digits behind the cell's, put behind a 1.
    let digits = tail.bitPattern << Self.cellBits & 0x000F_FFFF_FFFF_FFFF
    let t = Double(bitPattern: (1.0).bitPattern | digits) - 1
    return pieces[probability > 0.5 ? cell + Self.cellCount : cell](t)
  }

  private static func piece(_ cell: Int, _ function: (Double) -> Double) -> Cubic {
    let start = Double(bitPattern: UInt64(middleCell - cell) << digitsWithin)
    let end = Double(bitPattern: UInt64(middleCell - cell + 1) << digitsWithin)
    return Cubic(
      function(start), function((2 * start + end) / 3), function((start + 2 * end) / 3),
      function(end))
  }
}
