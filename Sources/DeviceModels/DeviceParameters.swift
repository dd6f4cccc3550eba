/// Everything fitted about one kind of GPU under one serving engine.
public struct DeviceParameters: Hashable, Sendable {
  public var kernels: KernelParameters
  public var engine: EngineParameters
  public var power: PowerParameters
  public var calibratedRange: CalibratedRange

  public init(
    kernels: KernelParameters, engine: EngineParameters, power: PowerParameters,
    calibratedRange: CalibratedRange
  ) {
    self.kernels = kernels
    self.engine = engine
    self.power = power
    self.calibratedRange = calibratedRange
  }
}

/// The measurements that the parameters were fitted on: outside, the model extrapolates.
public struct CalibratedRange: Hashable, Sendable {
  public var decodeRows: ClosedRange<Int>
  /// Mean tokens of context per decoding sequence.
  public var contextTokensPerRow: ClosedRange<Int>
  /// Longest prompt in the measurements.
  public var promptTokens: ClosedRange<Int>
  /// Parameters of the models measured.
  public var modelParameters: ClosedRange<Int>
  /// Tensor parallel degrees measured.
  public var tensorParallelDegrees: ClosedRange<Int>

  public init(
    decodeRows: ClosedRange<Int>, contextTokensPerRow: ClosedRange<Int>,
    promptTokens: ClosedRange<Int>, modelParameters: ClosedRange<Int>,
    tensorParallelDegrees: ClosedRange<Int>
  ) {
    self.decodeRows = decodeRows
    self.contextTokensPerRow = contextTokensPerRow
    self.promptTokens = promptTokens
    self.modelParameters = modelParameters
    self.tensorParallelDegrees = tensorParallelDegrees
  }
}

/// The shapes that a run used, to be compared with the calibrated range once, at its end.
public struct ShapeExtent: Hashable, Sendable {
  public var largestDecodeRows: Int
  /// Longest context of a sequence.
  public var largestContextTokens: Int
  public var largestPromptTokens: Int

  public init(largestDecodeRows: Int, largestContextTokens: Int, largestPromptTokens: Int) {
    self.largestDecodeRows = largestDecodeRows
    self.largestContextTokens = largestContextTokens
    self.largestPromptTokens = largestPromptTokens
  }

  /// The larger of both in every respect.
  public mutating func formMaximum(_ other: Self) {
    largestDecodeRows = max(largestDecodeRows, other.largestDecodeRows)
    largestContextTokens = max(largestContextTokens, other.largestContextTokens)
    largestPromptTokens = max(largestPromptTokens, other.largestPromptTokens)
  }
}
