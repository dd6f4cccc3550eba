/// What operating curves may run along.
public enum CurveAxis: String, CaseIterable, Hashable, Sendable {
  case batch, context, input, output, clock, cap

  /// The key whose values are the points of a curve.
  var key: CurveLine.Key {
    switch self {
    case .batch: .batch
    case .context: .context
    case .input: .input
    case .output: .output
    case .clock: .clock
    case .cap: .cap
    }
  }
}
