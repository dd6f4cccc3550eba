public import Quantities

/// How much more or less than its kind a node draws while it computes: cards of one kind differ.
///
/// A whole number of 1024ths, applied to the cost of an iteration before anything is summed, so
/// that energy stays exact. Idle power is the kind's own.
public struct PowerFactor: Hashable, Sendable {
  /// In 1024ths.
  public let numerator: Int64

  public static let one = PowerFactor(numerator: denominator)
  @usableFromInline static let denominator: Int64 = 1024

  init(numerator: Int64) { self.numerator = numerator }

  /// The nearest 1024th to `factor`, at least one.
  public init(rounding factor: Double) {
    precondition(factor.isFinite && factor > 0, "a power factor of \(factor)")
    numerator = max(1, Int64((factor * Double(Self.denominator)).rounded()))
  }

  public var value: Double { Double(numerator) / Double(Self.denominator) }

  /// Rounded down to whole quanta.
  func scaled(_ quanta: Int128) -> Int128 {
    quanta * Int128(numerator) / Int128(Self.denominator)
  }

  public func scaled(_ cost: IterationCost) -> IterationCost {
    guard self != .one else { return cost }
    func energy(_ energy: Energy) -> Energy { Energy(quanta: scaled(energy.quanta)) }
    return IterationCost(
      duration: cost.duration, energy: energy(cost.energy),
      prefillOwnEnergy: energy(cost.prefillOwnEnergy),
      decodeOwnEnergy: energy(cost.decodeOwnEnergy))
  }

  public func scaled(_ segment: DecodeSegment) -> DecodeSegment {
    guard self != .one else { return segment }
    return DecodeSegment(
      context: segment.context, base: scaled(segment.base),
      ticksPerToken: segment.ticksPerToken,
      energyPerToken: Int64(scaled(Int128(segment.energyPerToken))),
      decodeOwnEnergyPerToken: Int64(scaled(Int128(segment.decodeOwnEnergyPerToken))))
  }
}

/// A device model whose iterations cost a factor more or less energy.
public struct FactoredModel: IterationModel {
  public let base: any IterationModel
  public let factor: PowerFactor

  public init(_ base: any IterationModel, factor: PowerFactor) {
    self.base = base
    self.factor = factor
  }

  public var idlePower: Power { base.idlePower }

  public func cost(of shape: IterationShape) -> IterationCost {
    guard shape.isDecodeOnly else { return factor.scaled(base.cost(of: shape)) }
    return decodeSegment(rows: shape.decodeRows, contextTokens: shape.decodeContextTokens)
      .cost(context: shape.decodeContextTokens)
  }

  public func decodeSegment(rows: Int, contextTokens: Int) -> DecodeSegment {
    factor.scaled(base.decodeSegment(rows: rows, contextTokens: contextTokens))
  }

  public func extrapolations(upTo extent: ShapeExtent) -> [String] {
    base.extrapolations(upTo: extent)
  }

  public var subject: String? { base.subject }
}
