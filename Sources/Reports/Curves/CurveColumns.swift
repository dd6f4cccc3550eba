internal import DeviceModels
internal import Scenarios
internal import Studies

/// What a curve's figures are called where people read them, and which depend on an axis.
struct CurveColumn: Sendable {
  var figure: CurveFigure
  var unit: String
  var value: @Sendable (CurveRow) -> Double

  /// The columns whose values change along `axis`.
  static func shown(along axis: CurveAxis) -> [CurveColumn] {
    let figures = CurveFigure.changing(along: axis)
    return all.filter { figures.contains($0.figure) }
  }

  private static let all = [
    CurveColumn(figure: .decode, unit: "J/token") { $0.decode.joulesPerToken },
    CurveColumn(figure: .decode, unit: "ms/token") { $0.decode.secondsPerToken * 1e3 },
    CurveColumn(figure: .decode, unit: "token/s") { $0.decodeTokensPerSecond },
    CurveColumn(figure: .decode, unit: "W/GPU") { $0.decodeWattsPerGPU },
    CurveColumn(figure: .prompt, unit: "J/token") { $0.prompt.joulesPerToken },
    CurveColumn(figure: .prompt, unit: "ms/token") { $0.prompt.secondsPerToken * 1e3 },
    CurveColumn(figure: .request, unit: "J/token") { $0.request.joulesPerToken },
    CurveColumn(figure: .request, unit: "ms/token") { $0.request.secondsPerToken * 1e3 },
  ]
}

extension CurveFigure {
  /// In words, for the foot of a table.
  var legend: String {
    switch self {
    case .decode: "decode: an iteration that only decodes"
    case .prompt: "prompt: a prompt alone, by prompt token"
    case .request: "request: whole requests in a closed loop of the batch, by output token"
    }
  }
}

extension OperatingCurves {
  /// Which of the figures shown lie within the measurements: all, none, or their names.
  func calibratedText(_ row: CurveRow) -> String {
    let shown = CurveFigure.changing(along: axis)
    let inside = shown.filter(row.calibrated.contains)
    if inside == shown { return "yes" }
    return inside.isEmpty ? "no" : inside.map(\.rawValue).joined(separator: ", ")
  }

  /// Where a row stands on the axis, in digits.
  func axisText(_ row: CurveRow) -> String {
    let value = axis.value(of: row)
    return value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}

extension CurveAxis {
  /// With its unit, as heads of tables and axes have it.
  var title: String {
    switch self {
    case .batch: "batch"
    case .context: "mean context (tokens)"
    case .input: "input (tokens)"
    case .output: "output (tokens)"
    case .clock: "clock (MHz)"
    case .cap: "cap (W)"
    }
  }

  /// The heads of a table's column, one under the other.
  var heads: (String, String) {
    switch self {
    case .batch: ("batch", "")
    case .context: ("context", "tokens")
    case .input: ("input", "tokens")
    case .output: ("output", "tokens")
    case .clock: ("clock", "MHz")
    case .cap: ("cap", "W")
    }
  }

  func value(of row: CurveRow) -> Double {
    let point = row.point
    return switch self {
    case .batch: Double(point.batch)
    case .context: Double(point.contextTokens)
    case .input: Double(point.inputTokens)
    case .output: Double(point.outputTokens)
    case .clock: point.replica.operatingPoint.clockMegahertz ?? 0
    case .cap: point.replica.operatingPoint.capWatts ?? 0
    }
  }
}
