public import DeviceModels
internal import Quantities
public import Scenarios

/// What a token may cost at a point of a curve.
public enum CurveFigure: String, CaseIterable, Hashable, Sendable {
  case decode, prompt, request

  /// Those that change along an axis.
  public static func changing(along axis: CurveAxis) -> [CurveFigure] {
    switch axis {
    case .batch, .output: [.decode, .request]
    case .context: [.decode]
    case .input, .clock, .cap: allCases
    }
  }
}

/// The figures of one point of a curve.
public struct CurveRow: Sendable {
  public var point: CurvePoint
  /// An iteration that only decodes.
  public var decode: TokenCost
  /// A prompt alone, by prompt token.
  public var prompt: TokenCost
  /// Whole requests, of which as many as the batch are always in flight, by output token.
  public var request: TokenCost
  /// Which figures lie within the measurements behind the model.
  public var calibrated: Set<CurveFigure>
  /// Whether the KV cache holds the batch at its mean context.
  public var fitsMemory: Bool

  /// The figures of a point, from the costs of its replica's iterations alone.
  public init(_ point: CurvePoint) {
    let replica = point.replica
    self.point = point
    decode = replica.cost.decodeCost(
      rows: point.batch, meanContextTokens: point.contextTokens)
    prompt = replica.cost.promptCost(
      promptTokens: point.inputTokens, tokenBudget: replica.tokenBudget)
    request = replica.cost.requestCost(
      concurrency: point.batch, promptTokens: point.inputTokens,
      outputTokens: point.outputTokens, tokenBudget: replica.tokenBudget)
    calibrated = Set(CurveFigure.allCases.filter { point.warnings(of: $0).isEmpty })
    fitsMemory = replica.holds(point.batch, contextTokens: point.contextTokens)
  }

  /// Output tokens of all sequences per second while the replica only decodes.
  public var decodeTokensPerSecond: Double { Double(point.batch) / decode.secondsPerToken }

  /// Mean power of one GPU while the replica only decodes, W.
  public var decodeWattsPerGPU: Double {
    decode.joulesPerToken * decodeTokensPerSecond / Double(point.replica.tensorParallel)
  }
}

extension CurvePoint {
  /// In words, how a figure leaves what was measured.
  fileprivate func warnings(of figure: CurveFigure) -> [String] {
    replica.standingWarnings + replica.cost.extrapolations(upTo: extent(of: figure))
  }

  /// What a figure asks of the model.
  fileprivate func extent(of figure: CurveFigure) -> ShapeExtent {
    switch figure {
    case .decode:
      ShapeExtent(decodeRows: batch, contextTokens: contextTokens, promptTokens: 0)
    case .prompt:
      ShapeExtent(decodeRows: 0, contextTokens: inputTokens, promptTokens: inputTokens)
    case .request:
      ShapeExtent(
        decodeRows: batch, contextTokens: inputTokens + outputTokens,
        promptTokens: inputTokens)
    }
  }
}

/// Curves with their figures: J/token and s/token along an axis.
public struct OperatingCurves: Sendable {
  public struct Curve: Sendable {
    /// What tells it from the others, and what it is of.
    public var label: String
    public var rows: [CurveRow]
  }

  public var axis: CurveAxis
  public var curves: [Curve]
  /// What to know before believing the figures, each once.
  public var warnings: [String]
  /// Keys whose values nobody gave.
  public var defaulted: [String]

  public init(_ request: CurveRequest) {
    axis = request.axis
    defaulted = request.defaulted
    let labels = CurveLabels(request)
    curves = request.curves.compactMap { points in
      guard let first = points.first else { return nil }
      return Curve(label: labels.text(first), rows: points.map(CurveRow.init))
    }
    var seen: Set<String> = []
    warnings = curves.flatMap { Self.warnings($0, along: request.axis) }
      .filter { seen.insert($0).inserted }
  }

  /// Whether all figures that change along the axis lie within the measurements.
  public func isCalibrated(_ row: CurveRow) -> Bool {
    row.calibrated.isSuperset(of: CurveFigure.changing(along: axis))
  }

  public var rows: [CurveRow] { curves.flatMap(\.rows) }

  /// The measured ranges are intervals: a curve that leaves one does so at an end.
  private static func warnings(_ curve: Curve, along axis: CurveAxis) -> [String] {
    let figures = CurveFigure.changing(along: axis)
    var warnings: [String] = []
    if let first = curve.rows.first?.point, let last = curve.rows.last?.point {
      let least = figures.map(first.extent).reduce(ShapeExtent?.none) { $0?.nearer($1) ?? $1 }
      let most = figures.map(last.extent).reduce(ShapeExtent?.none) { $0?.further($1) ?? $1 }
      for (point, extent) in [(first, least), (last, most)] {
        warnings += point.replica.standingWarnings
        warnings += extent.map { point.replica.cost.extrapolations(upTo: $0) } ?? []
      }
    }
    if !curve.rows.allSatisfy(\.fitsMemory) {
      warnings.append("\(curve.label): the KV cache does not hold every batch of the curve")
    }
    return warnings
  }
}

extension ShapeExtent {
  /// The smaller of both in every respect that occurs.
  fileprivate func nearer(_ other: Self) -> Self {
    func least(_ a: Int, _ b: Int) -> Int { a == 0 ? b : b == 0 ? a : min(a, b) }
    return Self(
      decodeRows: least(decodeRows, other.decodeRows),
      contextTokens: least(contextTokens, other.contextTokens),
      promptTokens: least(promptTokens, other.promptTokens))
  }

  /// The larger of both in every respect.
  fileprivate func further(_ other: Self) -> Self {
    var result = self
    result.formMaximum(other)
    return result
  }
}

/// Names curves by model, GPU and whatever differs between them.
private struct CurveLabels {
  private let axis: CurveAxis
  private let firsts: [CurvePoint]

  init(_ request: CurveRequest) {
    axis = request.axis
    firsts = request.curves.compactMap(\.first)
  }

  func text(_ point: CurvePoint) -> String {
    let replica = point.replica
    var text = "\(replica.model) on \(replica.gpu)"
    if replica.tensorParallel > 1 { text += " × \(replica.tensorParallel)" }
    var setting = replica.operatingPoint
    if axis == .clock { setting.clockMegahertz = nil }
    if axis == .cap { setting.capWatts = nil }
    if let setting = setting.text { text += ", \(setting)" }
    let shapes: [(CurveAxis, String, KeyPath<CurvePoint, Int>)] = [
      (.batch, "batch", \.batch), (.context, "context", \.contextTokens),
      (.input, "input", \.inputTokens), (.output, "output", \.outputTokens),
    ]
    for (axis, name, path) in shapes where axis != self.axis && differs(path) {
      // A context that follows from the lengths says nothing that they do not.
      if axis == .context, follows { continue }
      text += ", \(name) \(point[keyPath: path])"
    }
    return text
  }

  private func differs(_ path: KeyPath<CurvePoint, Int>) -> Bool {
    Set(firsts.map { $0[keyPath: path] }).count > 1
  }

  private var follows: Bool {
    firsts.allSatisfy {
      $0.contextTokens
        == CurvePoint.meanContext(inputTokens: $0.inputTokens, outputTokens: $0.outputTokens)
    }
  }
}
