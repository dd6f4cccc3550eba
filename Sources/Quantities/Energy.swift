/// An amount of energy, exact: a whole number of quanta of 2⁻²⁰ pJ.
///
/// The quantum is one tick of time at one quantum of power (2⁻¹⁰ ps × 2⁻¹⁰ W), so that a
/// constant power over any duration is a whole number of quanta. Energy is only ever added,
/// subtracted and split without remainder; conservation can therefore be checked for equality.
public struct Energy: Hashable, Comparable, Sendable {
  @inlinable public static var quantaPerJoule: Double { 1_048_576e12 }
  @inlinable public static var zero: Self { Self(quanta: 0) }

  public var quanta: Int128

  @inlinable public init(quanta: Int128) { self.quanta = quanta }

  /// The nearest whole number of quanta to `joules`, halves to even.
  @inlinable public init(rounding joules: Double) {
    precondition(joules.isFinite, "energy of \(joules) J")
    quanta = Int128(nearest: joules * Self.quantaPerJoule)
  }

  @inlinable public var joules: Double { Double(quanta) / Self.quantaPerJoule }

  /// Nearest whole microjoule, halves away from zero: what files hold.
  @inlinable public var microjoules: Int64 {
    // A microjoule is 15,625·2²⁶ quanta.
    quanta.rounded(dividingBy: 15_625, timesPowerOfTwo: 26)
  }

  @inlinable public static func < (a: Self, b: Self) -> Bool { a.quanta < b.quanta }
  @inlinable public static func + (a: Self, b: Self) -> Self { Self(quanta: a.quanta + b.quanta) }
  @inlinable public static func - (a: Self, b: Self) -> Self { Self(quanta: a.quanta - b.quanta) }
  @inlinable public static func += (a: inout Self, b: Self) { a.quanta += b.quanta }
  @inlinable public static func -= (a: inout Self, b: Self) { a.quanta -= b.quanta }
}

/// A constant power, exact: a whole number of quanta of 2⁻¹⁰ W.
public struct Power: Hashable, Comparable, Sendable {
  @inlinable public static var quantaPerWatt: Double { 1024 }
  @inlinable public static var zero: Self { Self(quanta: 0) }

  public var quanta: Int128

  @inlinable public init(quanta: Int128) { self.quanta = quanta }

  /// The nearest whole number of quanta to `watts`, halves to even.
  @inlinable public init(rounding watts: Double) {
    precondition(watts.isFinite, "power of \(watts) W")
    quanta = Int128(nearest: watts * Self.quantaPerWatt)
  }

  @inlinable public var watts: Double { Double(quanta) / Self.quantaPerWatt }

  @inlinable public static func < (a: Self, b: Self) -> Bool { a.quanta < b.quanta }
  @inlinable public static func + (a: Self, b: Self) -> Self { Self(quanta: a.quanta + b.quanta) }
  @inlinable public static func - (a: Self, b: Self) -> Self { Self(quanta: a.quanta - b.quanta) }

  /// The energy of this power held for `duration`; exact.
  @inlinable public static func * (power: Self, duration: SimDuration) -> Energy {
    Energy(quanta: power.quanta * duration.ticks)
  }
}
