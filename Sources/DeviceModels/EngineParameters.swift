/// What a serving engine adds to the kernels of an iteration, and what memory it keeps.
public struct EngineParameters: Hashable, Sendable {
  /// Time of the kernels inside the engine relative to their own benchmark; near 1.
  public var kernelScale: Double
  /// Seconds of every iteration: scheduling, launch, transfer of the sampled tokens.
  public var timePerIteration: Double
  /// Seconds per row (decoding sequence or chunk of prompt).
  public var timePerRow: Double
  /// Seconds per row and vocabulary entry: the sampler, which sorts the logits for top-p.
  public var timePerLogit: Double
  /// Bytes of each GPU kept from the KV cache for activations, graphs and the runtime.
  public var reservedBytes: Double
  /// Further bytes of each GPU for communication buffers where several share a replica.
  public var communicationBytes: Double

  public init(
    kernelScale: Double, timePerIteration: Double, timePerRow: Double, timePerLogit: Double,
    reservedBytes: Double, communicationBytes: Double
  ) {
    self.kernelScale = kernelScale
    self.timePerIteration = timePerIteration
    self.timePerRow = timePerRow
    self.timePerLogit = timePerLogit
    self.reservedBytes = reservedBytes
    self.communicationBytes = communicationBytes
  }
}
