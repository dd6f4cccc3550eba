/// How the rate of arrivals changes over a period, by default a day, that repeats for ever.
///
/// A multiplier of the mean rate that holds from its knot to the next. Its integral is known in
/// closed form and inverted exactly, piece by piece.
public struct RateProfile: Sendable {
  /// The rate does not change.
  public static let constant = RateProfile(
    pieces: [Piece(start: 0, width: secondsPerDay, multiplier: 1, area: 0)])

  public static let secondsPerDay: Double = 86_400

  /// A stretch over which the multiplier holds.
  private struct Piece {
    var start: Double
    var width: Double
    var multiplier: Double
    /// Integral of the multiplier from 0 to `start`.
    var area: Double

    var ownArea: Double { width * multiplier }

    /// How far into the piece the integral over it has reached `area`.
    func time(covering area: Double) -> Double { min(width, area / multiplier) }
  }

  private let pieces: [Piece]
  public let periodSeconds: Double
  /// Integral of the multiplier over one period, in seconds.
  private let periodArea: Double
  /// Whether the multiplier is always 1.
  private let isConstant: Bool

  /// `knots` within the period, times in seconds rising strictly, multipliers ≥ 0 and not all 0.
  /// The multipliers are taken as they are; the mean rate is the base rate only if their mean is 1
  /// (see `meanMultiplier`).
  public init(
    knots: [(seconds: Double, multiplier: Double)],
    periodSeconds: Double = secondsPerDay
  ) throws {
    try Self.check(knots, periodSeconds)
    // One more knot a period before the first and one behind the last close the circle.
    var closed = knots
    closed.insert((knots[knots.count - 1].seconds - periodSeconds, knots[knots.count - 1].1), at: 0)
    closed.append((knots[0].seconds + periodSeconds, knots[0].multiplier))
    var pieces: [Piece] = []
    var area = 0.0
    for (a, b) in zip(closed, closed.dropFirst()) {
      let start = max(0, a.seconds)
      let end = min(periodSeconds, b.seconds)
      guard end > start else { continue }
      let piece = Piece(
        start: start, width: end - start, multiplier: a.multiplier, area: area)
      area += piece.ownArea
      pieces.append(piece)
    }
    self.init(pieces: pieces)
  }

  /// One multiplier for each hour of the day, in steps.
  public init(hourlyMultipliers: [Double]) throws {
    guard hourlyMultipliers.count == 24 else {
      throw WorkloadError(
        problem: "the rate profile has \(hourlyMultipliers.count) hourly multipliers",
        expectation: "24")
    }
    try self.init(
      knots: hourlyMultipliers.enumerated().map { (Double($0.offset) * 3600, $0.element) })
  }

  private init(pieces: [Piece]) {
    self.pieces = pieces
    let last = pieces[pieces.count - 1]
    periodSeconds = last.start + last.width
    periodArea = last.area + last.ownArea
    isConstant = pieces.allSatisfy { $0.multiplier == 1 }
  }

  /// Mean of the multiplier over a period.
  public var meanMultiplier: Double { periodArea / periodSeconds }

  /// Integral of the multiplier from 0 to `seconds` ≥ 0: the time that a clock shows which runs
  /// faster while the rate is higher.
  public func rescaledTime(at seconds: Double) -> Double {
    precondition(seconds >= 0, "rate profile read at \(seconds) s")
    let periods = (seconds / periodSeconds).rounded(.down)
    let rest = max(0, seconds - periods * periodSeconds)
    let piece = pieces[lastIndex { $0.start <= rest }]
    return periods * periodArea + piece.area
      + piece.multiplier * min(piece.width, rest - piece.start)
  }

  /// The first moment at which `rescaledTime` has reached `area` ≥ 0; its exact inverse.
  public func seconds(atRescaledTime area: Double) -> Double {
    precondition(area >= 0, "rescaled time \(area) s")
    if isConstant { return area }
    // The end of a period belongs to it, so that a period which ends at rate 0 is not waited out.
    let periods = max(0, (area / periodArea).rounded(.up) - 1)
    let rest = min(periodArea, max(0, area - periods * periodArea))
    let piece = pieces[lastIndex { $0.area < rest }]
    guard rest > piece.area else { return periods * periodSeconds + piece.start }
    let within = piece.time(covering: min(piece.ownArea, rest - piece.area))
    return periods * periodSeconds + piece.start + within
  }

  /// Index of the last piece for which `precedes` holds, by bisection; 0 if there is none.
  private func lastIndex(where precedes: (Piece) -> Bool) -> Int {
    var low = 0
    var high = pieces.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if precedes(pieces[middle]) { low = middle } else { high = middle }
    }
    return low
  }

  private static func check(
    _ knots: [(seconds: Double, multiplier: Double)], _ periodSeconds: Double
  ) throws {
    func fail(_ problem: String, _ expectation: String) -> WorkloadError {
      WorkloadError(problem: problem, expectation: expectation)
    }
    guard periodSeconds > 0, periodSeconds.isFinite else {
      throw fail("the period of the rate profile is \(periodSeconds) s", "more than 0 s")
    }
    guard !knots.isEmpty else { throw fail("the rate profile has no knot", "at least one") }
    for knot in knots where !(0..<periodSeconds).contains(knot.seconds) {
      throw fail(
        "the rate profile has a knot at \(knot.seconds) s", "0 ≤ time < \(periodSeconds) s")
    }
    for knot in knots where !(knot.multiplier >= 0 && knot.multiplier.isFinite) {
      throw fail("the rate profile has the multiplier \(knot.multiplier)", "0 or more")
    }
    for (a, b) in zip(knots, knots.dropFirst()) where a.seconds >= b.seconds {
      throw fail(
        "the rate profile has a knot at \(b.seconds) s after one at \(a.seconds) s", "rising times")
    }
    guard knots.contains(where: { $0.multiplier > 0 }) else {
      throw fail("the multipliers of the rate profile are all 0", "at least one above 0")
    }
  }
}
