public import Quantities

/// Time and energy of decode-only iterations of one row count as affine functions of the summed
/// context, exact in integers, over a range of contexts.
///
/// Within the range an iteration of context x costs `base + slope·(x - context.lowerBound)`, so
/// the sum over any number of iterations of an unchanged batch is an arithmetic series.
public struct DecodeSegment: Hashable, Sendable {
  /// Summed context tokens for which it holds.
  public var context: Range<Int>
  /// At the lower bound of `context`.
  public var base: IterationCost
  /// Change with each further token of context: ticks, then quanta.
  public var ticksPerToken: Int64
  public var energyPerToken: Int64
  public var decodeOwnEnergyPerToken: Int64

  public init(
    context: Range<Int>, base: IterationCost, ticksPerToken: Int64, energyPerToken: Int64,
    decodeOwnEnergyPerToken: Int64
  ) {
    self.context = context
    self.base = base
    self.ticksPerToken = ticksPerToken
    self.energyPerToken = energyPerToken
    self.decodeOwnEnergyPerToken = decodeOwnEnergyPerToken
  }

  /// The line from the cost at the lower bound of `context` to that at its upper bound, its slope
  /// rounded down to whole ticks and quanta.
  public init(from lower: IterationCost, to upper: IterationCost, over context: Range<Int>) {
    let width = Int128(context.count)
    func slope(_ from: Int128, _ to: Int128) -> Int64 { Int64((to - from) / width) }
    self.init(
      context: context, base: lower,
      ticksPerToken: slope(lower.duration.ticks, upper.duration.ticks),
      energyPerToken: slope(lower.energy.quanta, upper.energy.quanta),
      decodeOwnEnergyPerToken: slope(
        lower.decodeOwnEnergy.quanta, upper.decodeOwnEnergy.quanta))
  }

  /// The cost at one context of the range.
  @inlinable public func cost(context tokens: Int) -> IterationCost {
    let further = Int128(tokens - context.lowerBound)
    return IterationCost(
      duration: SimDuration(ticks: base.duration.ticks + Int128(ticksPerToken) * further),
      energy: Energy(quanta: base.energy.quanta + Int128(energyPerToken) * further),
      decodeOwnEnergy: Energy(
        quanta: base.decodeOwnEnergy.quanta + Int128(decodeOwnEnergyPerToken) * further))
  }
}

/// The contexts between which decode costs are interpolated: each octave in four equal parts, so
/// that neighbors differ by a quarter at most whatever the scale.
public enum DecodeKnots {
  /// Binary digits of a context, after its first, that tell its range.
  @usableFromInline static let digits = 2

  /// The range between two knots that holds `tokens`, at least 1.
  @inlinable public static func range(holding tokens: Int) -> Range<Int> {
    precondition(tokens > 0, "\(tokens) tokens of context")
    let octave = Int.bitWidth - 1 - tokens.leadingZeroBitCount
    let shift = max(0, octave - digits)
    let lower = (tokens >> shift) << shift
    return lower..<lower + 1 << shift
  }

  /// A number for each range, in order and without gaps, from 0.
  @inlinable public static func index(holding tokens: Int) -> Int {
    let octave = Int.bitWidth - 1 - tokens.leadingZeroBitCount
    let shift = max(0, octave - digits)
    return shift << digits + tokens >> shift
  }
}
