/// A length of simulated time, exact: a whole number of ticks of 2⁻¹⁰ ps.
///
/// The tick is fine enough that the cost of one more token of context, about a nanosecond on
/// the fastest devices, is known to a part in a million; 128 bits of them outlast any run.
/// Addition is exact and therefore associative: the order of accumulation never shows.
public struct SimDuration: Hashable, Comparable, Sendable {
  @inlinable public static var ticksPerSecond: Double { 1024e12 }
  @inlinable public static var ticksPerNanosecond: Int64 { 1_024_000 }
  @inlinable public static var zero: Self { Self(ticks: 0) }

  public var ticks: Int128

  @inlinable public init(ticks: Int128) { self.ticks = ticks }

  /// The nearest whole number of ticks to `seconds`, halves to even.
  ///
  /// The one place where model output in floating point becomes simulated time.
  @inlinable public init(rounding seconds: Double) {
    precondition(seconds.isFinite, "duration of \(seconds) s")
    ticks = Int128(nearest: seconds * Self.ticksPerSecond)
  }

  /// Whole nanoseconds, as traces and configuration give them; exact.
  @inlinable public init(nanoseconds: Int64) { ticks = Int128(nanoseconds) * 1_024_000 }

  @inlinable public var seconds: Double { Double(ticks) / Self.ticksPerSecond }
  @inlinable public var milliseconds: Double { seconds * 1e3 }

  /// Nearest whole nanosecond, halves away from zero: what files and histograms hold.
  @inlinable public var nanoseconds: Int64 {
    // A nanosecond is 125·2¹³ ticks.
    ticks.rounded(dividingBy: 125, timesPowerOfTwo: 13)
  }

  @inlinable public static func < (a: Self, b: Self) -> Bool { a.ticks < b.ticks }
  @inlinable public static func + (a: Self, b: Self) -> Self { Self(ticks: a.ticks + b.ticks) }
  @inlinable public static func - (a: Self, b: Self) -> Self { Self(ticks: a.ticks - b.ticks) }
  @inlinable public static func += (a: inout Self, b: Self) { a.ticks += b.ticks }
  @inlinable public static func -= (a: inout Self, b: Self) { a.ticks -= b.ticks }
}

/// An instant of simulated time: the exact duration since the start of the run.
public struct SimTime: Hashable, Comparable, Sendable {
  @inlinable public static var zero: Self { Self(ticks: 0) }
  /// Later than every instant of a run; the time of an event that is not going to happen.
  @inlinable public static var never: Self { Self(ticks: .max) }

  public var ticks: Int128

  @inlinable public init(ticks: Int128) { self.ticks = ticks }
  @inlinable public init(rounding seconds: Double) { ticks = SimDuration(rounding: seconds).ticks }
  @inlinable public init(nanoseconds: Int64) {
    ticks = SimDuration(nanoseconds: nanoseconds).ticks
  }

  @inlinable public var sinceStart: SimDuration { SimDuration(ticks: ticks) }
  @inlinable public var seconds: Double { sinceStart.seconds }
  @inlinable public var nanoseconds: Int64 { sinceStart.nanoseconds }

  @inlinable public static func < (a: Self, b: Self) -> Bool { a.ticks < b.ticks }
  @inlinable public static func + (a: Self, b: SimDuration) -> Self {
    Self(ticks: a.ticks + b.ticks)
  }
  @inlinable public static func - (a: Self, b: Self) -> SimDuration {
    SimDuration(ticks: a.ticks - b.ticks)
  }
}
