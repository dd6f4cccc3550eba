public import DeviceModels
public import Quantities

/// Whole-number coefficients of something affine in the shape of an iteration.
public struct ShapeWeights: Hashable, Sendable {
  public var constant: Int128 = 0
  public var perDecodeRow: Int128 = 0
  public var perContextToken: Int128 = 0
  public var perPrefillToken: Int128 = 0
  public var perChunk: Int128 = 0
  public var perAttentionPair: Int128 = 0

  public init(
    constant: Int128 = 0, perDecodeRow: Int128 = 0, perContextToken: Int128 = 0,
    perPrefillToken: Int128 = 0, perChunk: Int128 = 0, perAttentionPair: Int128 = 0
  ) {
    self.constant = constant
    self.perDecodeRow = perDecodeRow
    self.perContextToken = perContextToken
    self.perPrefillToken = perPrefillToken
    self.perChunk = perChunk
    self.perAttentionPair = perAttentionPair
  }

  public func sum(over shape: IterationShape) -> Int128 {
    constant + perDecodeRow * Int128(shape.decodeRows)
      + perContextToken * Int128(shape.decodeContextTokens)
      + perPrefillToken * Int128(shape.prefillTokens) + perChunk * Int128(shape.prefillChunks)
      + perAttentionPair * Int128(shape.prefillAttentionPairs)
  }
}

/// A device whose times and energies a test can work out by hand.
public struct AffineIterationModel: IterationModel {
  /// Duration in ticks.
  public var ticks: ShapeWeights
  /// Energy in quanta, without the attention kernels.
  public var quanta: ShapeWeights
  /// Quanta that the attention of decode draws per token attended to.
  public var decodeAttentionQuanta: Int128
  /// Quanta that the attention of prefill draws per (query, key) pair.
  public var prefillAttentionQuanta: Int128
  public var idlePower: Power
  /// Added to decode-only iterations for each knot that their context has passed: steps in time
  /// and energy where one segment ends and the next begins.
  public var ticksPerKnot: Int128 = 0
  public var quantaPerKnot: Int128 = 0

  public init(
    ticks: ShapeWeights, quanta: ShapeWeights = ShapeWeights(),
    decodeAttentionQuanta: Int128 = 0, prefillAttentionQuanta: Int128 = 0,
    idlePower: Power = .zero
  ) {
    self.ticks = ticks
    self.quanta = quanta
    self.decodeAttentionQuanta = decodeAttentionQuanta
    self.prefillAttentionQuanta = prefillAttentionQuanta
    self.idlePower = idlePower
  }

  public func cost(of shape: IterationShape) -> IterationCost {
    let decodeOwn = decodeAttentionQuanta * Int128(shape.decodeContextTokens)
    let prefillOwn = prefillAttentionQuanta * Int128(shape.prefillAttentionPairs)
    let knots =
      shape.isDecodeOnly ? Int128(DecodeKnots.index(holding: shape.decodeContextTokens)) : 0
    return IterationCost(
      duration: SimDuration(ticks: ticks.sum(over: shape) + knots * ticksPerKnot),
      energy: Energy(
        quanta: quanta.sum(over: shape) + knots * quantaPerKnot + decodeOwn + prefillOwn),
      prefillOwnEnergy: Energy(quanta: prefillOwn),
      decodeOwnEnergy: Energy(quanta: decodeOwn))
  }
}

/// A device on which every iteration takes the same time and draws the same energy.
public struct ConstantIterationModel: IterationModel {
  public var duration: SimDuration
  public var energy: Energy
  public var idlePower: Power

  public init(duration: SimDuration, energy: Energy = .zero, idlePower: Power = .zero) {
    self.duration = duration
    self.energy = energy
    self.idlePower = idlePower
  }

  public func cost(of shape: IterationShape) -> IterationCost {
    IterationCost(duration: duration, energy: energy)
  }
}
