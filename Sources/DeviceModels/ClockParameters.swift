/// How time and power of a GPU answer to its clock; clocks as shares of the highest one.
///
/// The voltage falls in a line with the clock, `V(f) = V₀ + (1 - V₀)·f`, and the energy of an
/// operation with its square. Arithmetic takes 1/f of the time; memory traffic takes the same
/// until the clock comes down to the knee, below which the caches cannot keep the memory busy.
public struct ClockParameters: Hashable, Sendable {
  /// V₀: the part of the voltage at the highest clock that does not follow the clock, 0…1.
  public var voltageOffset: Double
  /// Part of the power of memory traffic that the memory itself draws, whatever the clock, 0…1.
  public var memoryShare: Double
  /// Clock below which memory traffic slows down.
  public var memoryKnee: Double
  /// How gradually it does, in the same unit as x in `x² / (x + bend)`, x = knee/f - 1.
  public var kneeBend: Double

  public init(
    voltageOffset: Double, memoryShare: Double, memoryKnee: Double, kneeBend: Double
  ) {
    self.voltageOffset = voltageOffset
    self.memoryShare = memoryShare
    self.memoryKnee = memoryKnee
    self.kneeBend = kneeBend
  }

  /// Energy of an operation over that at the highest clock.
  @inline(__always)
  public func operationEnergy(at clock: Double) -> Double {
    let voltage = voltageOffset + (1 - voltageOffset) * clock
    return voltage * voltage
  }

  /// Time of memory traffic over that at the highest clock: 1 above the knee.
  @inline(__always)
  public func memoryTime(at clock: Double) -> Double {
    let excess = memoryKnee / clock - 1
    return excess > 0 ? 1 + excess * excess / (excess + kneeBend) : 1
  }
}

/// The clocks and caps under which the answer to them was measured: outside, it extrapolates.
public struct ClockRange: Hashable, Sendable {
  /// Names of the GPUs whose answers were measured; nil where it was none of this kind.
  public var clockGPU: String?
  public var capGPU: String?
  /// Lowest clock over the highest, and lowest cap over the board limit.
  public var leastClockShare: Double
  public var leastCapShare: Double

  public init(
    clockGPU: String?, capGPU: String?, leastClockShare: Double, leastCapShare: Double
  ) {
    self.clockGPU = clockGPU
    self.capGPU = capGPU
    self.leastClockShare = leastClockShare
    self.leastCapShare = leastCapShare
  }
}
