/// The measurements of served models that some numbers were fitted on: outside, they extrapolate.
///
/// Lengths are means of each measured loop, so single requests of the measurements reached
/// further on both sides.
public struct CalibratedRange: Hashable, Sendable {
  /// Name of the GPU that the measurements were taken on; another one's means borrowed numbers.
  public var gpu: String
  /// Sequences that decode in one iteration.
  public var decodeRows: ClosedRange<Int>
  /// Tokens that a sequence attends to: from its prompt to its prompt and output.
  public var contextTokens: ClosedRange<Int>
  public var promptTokens: ClosedRange<Int>
  /// Parameters of the models measured.
  public var modelParameters: ClosedRange<Int>
  public var tensorParallelDegrees: ClosedRange<Int>
  /// Kinds of model measured.
  public var kinds: Set<ServedKind>
  /// Where it was measured how alike rows of narrow traffic choose their experts; nil if nowhere.
  public var narrowTrafficGPU: String?

  public init(
    gpu: String, decodeRows: ClosedRange<Int>, contextTokens: ClosedRange<Int>,
    promptTokens: ClosedRange<Int>, modelParameters: ClosedRange<Int>,
    tensorParallelDegrees: ClosedRange<Int>, kinds: Set<ServedKind> = [.dense],
    narrowTrafficGPU: String? = nil
  ) {
    self.gpu = gpu
    self.decodeRows = decodeRows
    self.contextTokens = contextTokens
    self.promptTokens = promptTokens
    self.modelParameters = modelParameters
    self.tensorParallelDegrees = tensorParallelDegrees
    self.kinds = kinds
    self.narrowTrafficGPU = narrowTrafficGPU
  }
}

extension CalibratedRange {
  /// Names of the kinds, in the order of `ServedKind.all`.
  public var kindNames: [String] {
    ServedKind.all.filter(kinds.contains).map(\.name)
  }
}

/// The largest shapes that a run used, to be compared with the calibrated ranges at its end;
/// 0 for what did not occur.
public struct ShapeExtent: Hashable, Sendable {
  /// Sequences that decoded in one iteration.
  public var decodeRows: Int
  /// Context of one sequence.
  public var contextTokens: Int
  /// Prompt of one sequence.
  public var promptTokens: Int

  public init(decodeRows: Int, contextTokens: Int, promptTokens: Int) {
    self.decodeRows = decodeRows
    self.contextTokens = contextTokens
    self.promptTokens = promptTokens
  }

  /// The larger of both in every respect.
  public mutating func formMaximum(_ other: Self) {
    decodeRows = max(decodeRows, other.decodeRows)
    contextTokens = max(contextTokens, other.contextTokens)
    promptTokens = max(promptTokens, other.promptTokens)
  }
}
