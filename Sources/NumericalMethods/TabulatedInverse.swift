#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The inverse of a CDF as a table of knots, joined by cubic Hermite pieces.
///
/// Argument and value are both stretched so that tails become straight lines: the argument is
/// t = ln(p / (1 - p)), the value a coordinate y of the variate (ln x, or the log odds of x) that
/// grows linearly in t where the CDF is a power of x. The table is built forward, t(y) from the
/// CDF and dy/dt from the density, so that no inverse is ever computed; knots are placed by
/// bisection until the middle of every piece is off by less than the tolerance.
struct TabulatedInverse: Sendable {
  /// What a distribution says of itself at one y: ln P, ln (1 - P), ln (dP/dy).
  struct Point {
    var logLower: Double
    var logUpper: Double
    var logDensity: Double

    var logOdds: Double { logLower - logUpper }
    /// dy/dt, with dt/dy = P'/(P (1 - P)).
    var slope: Double { exp(logLower + logUpper - logDensity) }
  }

  private struct Knot {
    var t: Double
    var y: Double
    var slope: Double
  }

  /// |t| of the most extreme uniform draw, 2⁻⁵³ from either end; beyond it pieces are straight.
  static let largestLogOdds = 36.75
  /// Absolute, in y.
  static let tolerance = 1e-9
  private static let cellCount = 512
  private static let deepestBisection = 18

  private let knots: [Knot]
  /// By cell of t: the last knot at or before the cell's start.
  private let firstKnot: [Int32]

  /// Tabulates the inverse of the CDF that `point` describes; `center` is a y near its middle.
  init(center: Double, _ point: (Double) -> Point) {
    func knot(_ y: Double) -> Knot {
      let it = point(y)
      return Knot(t: it.logOdds, y: y, slope: it.slope)
    }
    let ends = [-1.0, 1.0].map { side in
      Self.edge(from: center, towards: side) { point($0).logOdds }
    }
    let pieceCount = 32
    var coarse: [Knot] = []
    for i in 0...pieceCount {
      let share = Double(i) / Double(pieceCount)
      coarse.append(knot(ends[0] * (1 - share) + ends[1] * share))
    }
    var knots = [coarse[0]]
    for i in 1...pieceCount {
      Self.refine(from: coarse[i - 1], to: coarse[i], depth: 0, into: &knots, knot)
    }
    self.knots = knots
    firstKnot = Self.index(knots)
  }

  /// y at log odds `t` of the probability.
  func callAsFunction(_ t: Double) -> Double {
    let last = knots.count - 1
    guard t > knots[0].t else { return knots[0].y + knots[0].slope * (t - knots[0].t) }
    guard t < knots[last].t else { return knots[last].y + knots[last].slope * (t - knots[last].t) }
    let cell = Self.cell(t)
    var low = Int(firstKnot[cell])
    var high = min(last, Int(firstKnot[cell + 1]) + 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if knots[middle].t <= t { low = middle } else { high = middle }
    }
    return Self.hermite(knots[low], knots[high], at: t)
  }

  /// ln(p / (1 - p)), with full relative precision of 1 - p at both ends.
  static func logOdds(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "quantile of \(probability)")
    return log(probability) - log1p(-probability)
  }

  private static func hermite(_ a: Knot, _ b: Knot, at t: Double) -> Double {
    let width = b.t - a.t
    let u = (t - a.t) / width
    let v = 1 - u
    return a.y * v * v * (1 + 2 * u) + b.y * u * u * (1 + 2 * v)
      + width * u * v * (a.slope * v - b.slope * u)
  }

  /// Appends knots after `a` up to and with `b`, as many as the tolerance needs.
  private static func refine(
    from a: Knot, to b: Knot, depth: Int, into knots: inout [Knot], _ knot: (Double) -> Knot
  ) {
    // Neighbors that the CDF cannot tell apart would make a piece of no width.
    guard b.t > a.t else { return }
    let middle = knot((a.y + b.y) / 2)
    let resolved = middle.t > a.t && middle.t < b.t
    let isFine = resolved && abs(hermite(a, b, at: middle.t) - middle.y) <= tolerance
    guard resolved, !isFine, depth < deepestBisection else { return knots.append(b) }
    refine(from: a, to: middle, depth: depth + 1, into: &knots, knot)
    refine(from: middle, to: b, depth: depth + 1, into: &knots, knot)
  }

  /// A y where the log odds just pass the largest that is drawn, on the given side.
  private static func edge(
    from center: Double, towards side: Double, _ logOdds: (Double) -> Double
  ) -> Double {
    func isInside(_ y: Double) -> Bool { side * logOdds(y) < largestLogOdds }  // NaN is outside
    var inside = center
    var step = 1.0
    while isInside(inside + side * step) {
      inside += side * step
      step *= 2
    }
    var outside = inside + side * step
    while side * logOdds(outside) > largestLogOdds + 1 || !logOdds(outside).isFinite {
      let middle = (inside + outside) / 2
      guard middle != inside, middle != outside else { return inside }
      if isInside(middle) { inside = middle } else { outside = middle }
    }
    return outside
  }

  private static func cell(_ t: Double) -> Int {
    let position = (t + largestLogOdds) / (2 * largestLogOdds) * Double(cellCount)
    return max(0, min(cellCount - 1, Int(position)))
  }

  private static func index(_ knots: [Knot]) -> [Int32] {
    var firstKnot: [Int32] = []
    var current = 0
    for cell in 0...cellCount {
      let start = largestLogOdds * (2 * Double(cell) / Double(cellCount) - 1)
      while current + 1 < knots.count, knots[current + 1].t <= start { current += 1 }
      firstKnot.append(Int32(current))
    }
    return firstKnot
  }
}
