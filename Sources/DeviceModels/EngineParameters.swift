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
  /// Part of the rows' time in which the GPU samples rather than waits for the host, 0…1.
  public var rowSamplingShare: Double
  /// Seconds per row and vocabulary entry: the sampler, which sorts the logits for top-p.
  public var timePerLogit: Double
  /// The same where the next token is chosen without top-p: no sort.
  public var timePerLogitWithoutSort: Double
  /// Seconds of every layer of eight-bit experts: quantising its inputs, launches of their own.
  public var timePerQuantizedExpertLayer: Double
  /// Bytes of each GPU kept from the KV cache for activations, graphs and the runtime.
  public var reservedBytes: Double
  /// Further bytes of each GPU for communication buffers where several share a replica.
  public var communicationBytes: Double

  public init(
    kernelScale: Double, timePerIteration: Double, timePerLayer: Double = 0, timePerRow: Double,
    rowExponent: Double = 1, rowSamplingShare: Double = 0, timePerLogit: Double,
    timePerLogitWithoutSort: Double? = nil,
    timePerQuantizedExpertLayer: Double = 0, reservedBytes: Double, communicationBytes: Double
  ) {
    self.kernelScale = kernelScale
    self.timePerIteration = timePerIteration
    self.timePerLayer = timePerLayer
    self.timePerRow = timePerRow
    self.rowExponent = rowExponent
    self.rowSamplingShare = rowSamplingShare
    self.timePerLogit = timePerLogit
    self.timePerLogitWithoutSort = timePerLogitWithoutSort ?? timePerLogit
    self.timePerQuantizedExpertLayer = timePerQuantizedExpertLayer
    self.reservedBytes = reservedBytes
    self.communicationBytes = communicationBytes
  }

  /// Seconds of an iteration of so many rows in which no kernel runs: scheduling, launches, what
  /// the host does for every row.
  public func gapSeconds(rows: Double, model: ModelSheet) -> Double {
    timePerIteration + timePerLayer * Double(model.layerCount)
      + (1 - rowSamplingShare) * rowSeconds(rows)
  }

  /// Seconds of an iteration that eight-bit experts take beyond their kernels.
  public func quantizedExpertSeconds(of model: ModelSheet) -> Double {
    let layers = model.weightFormat == .fp8 ? model.expertLayerCount : 0
    return timePerQuantizedExpertLayer * Double(layers)
  }

  /// Seconds of choosing the next token of so many rows.
  public func samplingSeconds(rows: Double, model: ModelSheet, sampler: Sampler) -> Double {
    let perLogit = sampler == .sorted ? timePerLogit : timePerLogitWithoutSort
    return perLogit * Double(model.vocabularySize) * rows + rowSamplingShare * rowSeconds(rows)
  }

  private func rowSeconds(_ rows: Double) -> Double {
    timePerRow * (rowExponent == 1 ? rows : pow(rows, rowExponent))
  }
}

/// How the next token is chosen from the logits.
public enum Sampler: String, CaseIterable, Hashable, Sendable {
  /// Top-p or top-k: the logits are sorted.
  case sorted
  /// The largest logit, or a draw from all of them.
  case unsorted
}
