/// One point of a curve: everything that its figures depend on.
public struct CurvePoint: Sendable {
  public var replica: CurveReplica
  /// Sequences that decode together, and requests in flight.
  public var batch: Int
  /// Mean context of the decoding sequences.
  public var contextTokens: Int
  public var inputTokens: Int
  public var outputTokens: Int

  public init(
    replica: CurveReplica, batch: Int, contextTokens: Int, inputTokens: Int, outputTokens: Int
  ) {
    self.replica = replica
    self.batch = batch
    self.contextTokens = contextTokens
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
  }

  /// The mean context of requests of these lengths over their decode.
  public static func meanContext(inputTokens: Int, outputTokens: Int) -> Int {
    inputTokens + outputTokens / 2
  }
}

/// Curves as somebody asked for them, complete and checked.
public struct CurveRequest: Sendable {
  /// What is taken where nobody says: lengths within what most fits were measured on.
  public enum Defaults {
    public static let batch = 64
    public static let inputTokens = 250
    public static let outputTokens = 500
  }

  public static let keyNames = CurveLine.Key.allCases.map(\.rawValue)
  /// Most points of all curves together.
  static let mostPoints = 100_000

  public var axis: CurveAxis
  /// One for each combination of what is not on the axis; none without points.
  public var curves: [[CurvePoint]]
  /// Keys that were not given and whose defaults matter.
  public var defaulted: [String]

  public init(axis: CurveAxis, curves: [[CurvePoint]], defaulted: [String] = []) {
    self.axis = axis
    self.curves = curves
    self.defaulted = defaulted
  }
}
