#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a serving engine adds to the kernels of an iteration, and what memory it keeps.
public struct EngineParameters: Hashable, Sendable {
  /// Time of the kernels inside the engine relative to their own benchmark; near 1.
  public var kernelScale: Double
  /// Seconds of every iteration: scheduling, transfer of the sampled tokens.
  public var timePerIteration: Double
  /// Seconds of every layer: what the host needs to launch its kernels beyond what it hides.
  public var timePerLayer: Double
  /// Seconds of the first row (decoding sequence or chunk of prompt); `rowExponent` says how rows
  /// add up.
  public var timePerRow: Double
  /// Rows cost `timePerRow` times their number raised to this, at most 1: below it a host that
  /// handles rows in bulk.
  public var rowExponent: Double
  /// How the rows' time goes with the rest of an iteration: 1 after it, above 1 beside it, as the
  /// root of this order of the sum of both raised to it.
  public var rowOverlapOrder: Double
  /// Seconds per row and vocabulary entry: the sampler, which sorts the logits for top-p.
  public var timePerLogit: Double
  /// The same where the next token is chosen without top-p: no sort.
  public var timePerLogitWithoutSort: Double
  /// What rows cost the host of a model that is served without top-p, relative to others.
  public var rowScaleWithoutSort: Double
  /// Seconds of every layer with four-bit experts beyond `timePerLayer`, whatever takes them.
  public var timePerFourBitExpertLayer: Double
  /// Rows of narrow traffic reach as many experts as this share of so many rows of mixed traffic.
  public var narrowRowShare: Double
  /// Time of grouped products of unquantised experts inside the engine relative to their own
  /// benchmark, at least 1.
  public var expertScale: Double
  /// Rows that grouped products of eight-bit experts compute for each expert beyond its tokens:
  /// their tiles are filled up, and inputs are quantised.
  public var quantizedExpertPadding: Double
  /// Bytes of each GPU kept from the KV cache for activations, graphs and the runtime.
  public var reservedBytes: Double
  /// Further bytes of each GPU for communication buffers where several share a replica.
  public var communicationBytes: Double

  public init(
    kernelScale: Double, timePerIteration: Double, timePerLayer: Double = 0, timePerRow: Double,
    rowExponent: Double = 1, rowOverlapOrder: Double = 1, timePerLogit: Double,
    timePerLogitWithoutSort: Double? = nil, rowScaleWithoutSort: Double = 1,
    timePerFourBitExpertLayer: Double = 0, narrowRowShare: Double = 1, expertScale: Double = 1,
    quantizedExpertPadding: Double = 0, reservedBytes: Double, communicationBytes: Double
  ) {
    self.kernelScale = kernelScale
    self.timePerIteration = timePerIteration
    self.timePerLayer = timePerLayer
    self.timePerRow = timePerRow
    self.rowExponent = rowExponent
    self.rowOverlapOrder = rowOverlapOrder
    self.timePerLogit = timePerLogit
    self.timePerLogitWithoutSort = timePerLogitWithoutSort ?? timePerLogit
    self.rowScaleWithoutSort = rowScaleWithoutSort
    self.timePerFourBitExpertLayer = timePerFourBitExpertLayer
    self.narrowRowShare = narrowRowShare
    self.expertScale = expertScale
    self.quantizedExpertPadding = quantizedExpertPadding
    self.reservedBytes = reservedBytes
    self.communicationBytes = communicationBytes
  }

  /// Seconds of an iteration of so many rows in which no kernel runs: scheduling, launches, what
  /// the host does for every row where the GPU waits for that.
  public func gapSeconds(rows: Double, model: ModelSheet, sampler: Sampler) -> Double {
    let fourBitLayers = model.weightFormat == .mxfp4 ? model.expertLayerCount : 0
    return timePerIteration + timePerLayer * Double(model.layerCount)
      + timePerFourBitExpertLayer * Double(fourBitLayers)
      + (overlapsRows ? 0 : rowSeconds(rows, sampler: sampler))
  }

  /// Seconds of choosing the next token of so many rows.
  public func samplingSeconds(rows: Double, model: ModelSheet, sampler: Sampler) -> Double {
    let perLogit = sampler == .sorted ? timePerLogit : timePerLogitWithoutSort
    return perLogit * Double(model.vocabularySize) * rows
  }

  /// Rows of mixed traffic that reach as many experts as one row of `traffic`, many together.
  public func rowShare(of traffic: ExpertTraffic) -> Double {
    traffic == .mixed ? 1 : narrowRowShare
  }

  /// Whether the host handles rows beside the GPU, so that only what is longer is waited for.
  var overlapsRows: Bool { rowOverlapOrder != 1 && timePerRow > 0 }

  /// Seconds that the host takes for so many rows.
  func rowSeconds(_ rows: Double, sampler: Sampler) -> Double {
    timePerRow * (sampler == .sorted ? 1 : rowScaleWithoutSort)
      * (rowExponent == 1 ? rows : pow(rows, rowExponent))
  }

  /// Seconds that the GPU, busy for `busy`, waits for a host that takes `host` beside it.
  @inline(__always)
  static func waitSeconds(for host: Double, beside busy: Double, order: Double) -> Double {
    guard busy > 0 else { return host }
    let ratio = host / busy
    // The order as shipped; the function `pow` is dear.
    if order == 4 {
      let square = ratio * ratio
      return busy * ((1 + square * square).squareRoot().squareRoot() - 1)
    }
    return busy * (pow(1 + pow(ratio, order), 1 / order) - 1)
  }

  /// Seconds of an iteration of so many rows whose GPU is busy for `busy`.
  public func seconds(rows: Double, busy: Double, sampler: Sampler) -> Double {
    guard overlapsRows else { return busy }
    return busy
      + Self.waitSeconds(
        for: rowSeconds(rows, sampler: sampler), beside: busy, order: rowOverlapOrder)
  }
}

/// How the next token is chosen from the logits.
public enum Sampler: String, CaseIterable, Hashable, Sendable {
  /// Top-p or top-k: the logits are sorted.
  case sorted
  /// The largest logit, or a draw from all of them.
  case unsorted
}
