/// In words, how a replica is used beyond the measurements behind its numbers.
extension RooflineReplicaModel {
  /// What holds whatever the traffic: numbers measured on another GPU or on no served model, and
  /// a model size or tensor parallel degree outside the ranges. Empty if all is measured.
  public var standingExtrapolations: [String] {
    var result = parts.filter { $0.range.gpu != gpu.name }.map {
      "\(name): \($0.name) borrowed from \($0.range.gpu)"
    }
    if parameters.powerRange == nil {
      result.append("\(name): power was fitted on single kernels, on no served model")
    }
    result += unmeasuredKernels.map { "\(name): \($0)" }
    let checks = [
      kindDeparture,
      narrowTrafficDeparture,
      departure("model parameters", model.parameterCount, \.modelParameters, Self.billions),
      departure("tensor parallel degree", layout.tensorParallelDegree, \.tensorParallelDegrees),
    ]
    return result + checks.compactMap { $0 } + operatingPointExtrapolations
  }

  /// Kernels whose times follow from a data sheet's peaks and efficiencies of others.
  private var unmeasuredKernels: [String] {
    let surfaces = parameters.kernels.surfaces
    guard !surfaces.isEmpty else { return ["kernels are rooflines, no table of this GPU's exists"] }
    var result: [String] = []
    if model.experts != nil, model.weightFormat == .mxfp4 {
      result.append("mxfp4 experts count by their bytes, no table of their kernels exists")
    }
    if model.weightFormat == .fp8, surfaces[.matrixProductsFP8] == nil {
      result.append("fp8 weights count by their bytes, no table of their kernels exists")
    }
    if model.latentAttention != nil {
      result.append("latent attention counts by its bytes, no table of its kernels exists")
    }
    return result
  }

  /// What is set of clock and cap beyond the measured answers to them.
  private var operatingPointExtrapolations: [String] {
    let range = parameters.clockRange
    let settings = [
      (
        "clock", operatingPoint.clockMegahertz, gpu.maximumClock, range.leastClockShare, "MHz",
        range.clockGPU
      ),
      (
        "cap", operatingPoint.capWatts, gpu.thermalDesignPower, range.leastCapShare, "W",
        range.capGPU
      ),
    ]
    return settings.compactMap { setting, value, shipped, share, unit, measuredGPU in
      guard let value, value < shipped else { return nil }
      guard let measuredGPU else {
        return "\(name): the answer to a \(setting) of \(Int(value)) \(unit) is that of other GPUs"
      }
      guard measuredGPU == gpu.name || value < share * shipped else {
        return "\(name): the answer to a \(setting) of \(Int(value)) \(unit) was measured on "
          + measuredGPU
      }
      guard value < share * shipped else { return nil }
      return "\(name): \(setting) \(Int(value)) \(unit), its answer fitted on "
        + "\(Int((share * shipped).rounded())) to \(Int(shipped)) (\(measuredGPU))"
    }
  }

  /// Each way in which the shapes of a run, up to `extent`, leave the ranges; empty within.
  /// `standingExtrapolations` are not repeated.
  public func extrapolations(upTo extent: ShapeExtent) -> [String] {
    let checks = [
      ("largest batch", extent.decodeRows, \CalibratedRange.decodeRows),
      ("longest context", extent.contextTokens, \.contextTokens),
      ("longest prompt", extent.promptTokens, \.promptTokens),
    ]
    return checks.filter { $0.1 > 0 }.compactMap { departure($0, $1, $2) }
  }

  public var subject: String? { name }
  private var name: String { "\(model.name) on \(gpu.name)" }

  private var parts: [(name: String, range: CalibratedRange)] {
    [("engine", parameters.engineRange)]
      + (parameters.powerRange.map { [("power", $0)] } ?? [])
  }

  /// Nil where every part was fitted on such a value.
  private func departure(
    _ quantity: String, _ value: Int, _ path: KeyPath<CalibratedRange, ClosedRange<Int>>,
    _ text: (Int) -> String = { "\($0)" }
  ) -> String? {
    let left = parts.filter { !$0.range[keyPath: path].contains(value) }
    guard !left.isEmpty else { return nil }
    let measured = left.map { part in
      let (least, most) = (
        text(part.range[keyPath: path].lowerBound), text(part.range[keyPath: path].upperBound)
      )
      return "\(part.name) fitted on \(least == most ? least : "\(least) to \(most)")"
    }
    return "\(name): \(quantity) \(text(value)), \(measured.joined(separator: ", "))"
  }

  /// Nil where every part was fitted on models of this kind.
  private var kindDeparture: String? {
    let kind = ServedKind(model)
    let left = parts.filter { !$0.range.kinds.contains(kind) }
    guard !left.isEmpty else { return nil }
    let measured = left.map {
      "\($0.name) fitted on \($0.range.kindNames.joined(separator: ", "))"
    }
    return "\(name): \(kind.name), \(measured.joined(separator: "; "))"
  }

  /// Where narrow traffic is served by experts on a GPU that has its own engine's numbers, but not
  /// this one.
  private var narrowTrafficDeparture: String? {
    let range = parameters.engineRange
    guard layout.expertTraffic == .narrow, model.experts != nil, range.gpu == gpu.name,
      range.narrowTrafficGPU != gpu.name
    else { return nil }
    let measured = range.narrowTrafficGPU.map { "was measured on \($0)" } ?? "was never measured"
    return "\(name): how alike narrow traffic chooses experts \(measured)"
  }

  private static func billions(_ count: Int) -> String {
    "\((Double(count) / 1e9).oneDecimal) billion"
  }
}
