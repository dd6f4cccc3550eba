public import Quantities

/// What one engine iteration computes: all that its time and energy may depend on.
public struct IterationShape: Hashable, Sendable {
  /// Sequences that decode one token each.
  public var decodeRows: Int
  /// Sum over the decode rows of the tokens that each attends to (its context so far).
  public var decodeContextTokens: Int
  /// Prompt tokens computed, summed over the chunks.
  public var prefillTokens: Int
  /// Chunks: sequences that have prompt tokens in this iteration.
  public var prefillChunks: Int
  /// (query, key) pairs of the chunks' causal attention: sum of n·past + n·(n+1)/2.
  public var prefillAttentionPairs: Int

  public init(
    decodeRows: Int = 0, decodeContextTokens: Int = 0, prefillTokens: Int = 0,
    prefillChunks: Int = 0, prefillAttentionPairs: Int = 0
  ) {
    self.decodeRows = decodeRows
    self.decodeContextTokens = decodeContextTokens
    self.prefillTokens = prefillTokens
    self.prefillChunks = prefillChunks
    self.prefillAttentionPairs = prefillAttentionPairs
  }

  /// Whether it holds no prompt tokens.
  @inlinable public var isDecodeOnly: Bool { prefillTokens == 0 }
}

/// Time and energy of one iteration on one replica, all its GPUs together; exact.
public struct IterationCost: Hashable, Sendable {
  /// Always positive.
  public var duration: SimDuration
  /// GPU energy of the whole iteration, gaps between kernels included.
  public var energy: Energy
  /// The part of `energy` that only prefill causes (its attention kernels).
  public var prefillOwnEnergy: Energy
  /// The part of `energy` that only decode causes (its attention kernels).
  public var decodeOwnEnergy: Energy

  public init(
    duration: SimDuration, energy: Energy, prefillOwnEnergy: Energy = .zero,
    decodeOwnEnergy: Energy = .zero
  ) {
    self.duration = duration
    self.energy = energy
    self.prefillOwnEnergy = prefillOwnEnergy
    self.decodeOwnEnergy = decodeOwnEnergy
  }
}

/// Time and energy of a replica: one model on one or more GPUs.
public protocol IterationModel: Sendable {
  /// The cost of an iteration of this shape, which holds at least one row or chunk. A decode-only
  /// one costs what `decodeSegment` says.
  func cost(of shape: IterationShape) -> IterationCost
  /// The cost of decode-only iterations of `rows` rows around `contextTokens` (at least one a
  /// row); its range is `DecodeKnots.range(holding: contextTokens)`.
  func decodeSegment(rows: Int, contextTokens: Int) -> DecodeSegment
  /// Power of the replica's GPUs while no iteration runs, weights loaded.
  var idlePower: Power { get }
  /// In words, each way in which shapes up to `extent` leave what the model was calibrated on.
  func extrapolations(upTo extent: ShapeExtent) -> [String]
  /// What those sentences begin with; nil where the model has no name.
  var subject: String? { get }
}

extension IterationModel {
  /// For a model that is affine in the context between any two knots.
  public func decodeSegment(rows: Int, contextTokens: Int) -> DecodeSegment {
    let range = DecodeKnots.range(holding: contextTokens)
    func knot(_ tokens: Int) -> IterationCost {
      cost(of: IterationShape(decodeRows: rows, decodeContextTokens: tokens))
    }
    let last = range.upperBound - 1
    guard last > range.lowerBound else {
      return DecodeSegment(
        context: range, base: knot(last), ticksPerToken: 0, energyPerToken: 0,
        decodeOwnEnergyPerToken: 0)
    }
    let line = DecodeSegment(
      from: knot(range.lowerBound), to: knot(last), over: range.lowerBound..<last)
    return DecodeSegment(
      context: range, base: line.base, ticksPerToken: line.ticksPerToken,
      energyPerToken: line.energyPerToken, decodeOwnEnergyPerToken: line.decodeOwnEnergyPerToken)
  }

  /// A model that is exact by definition extrapolates nowhere.
  public func extrapolations(upTo extent: ShapeExtent) -> [String] { [] }
  public var subject: String? { nil }
}
