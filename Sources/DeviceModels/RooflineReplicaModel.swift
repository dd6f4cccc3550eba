public import Quantities

/// Time and energy of a replica from the shapes of its kernels: a roofline with fitted
/// efficiencies, an affine engine overhead, and power by utilisation.
///
/// `t = a·Σ kernels + c₀ + rows·(c₁ + c₂·vocabulary)`; each phase draws the power that its
/// utilisation asks for, the rest of the iteration gap power; a lower clock or cap changes both
/// phase by phase (`ClockedPhases`). It knows no tile sizes and no choice of kernel:
/// `docs/model.md` says how far that carries.
public struct RooflineReplicaModel: IterationModel, Sendable {
  public let gpu: GPUSheet
  public let model: ModelSheet
  public let layout: ReplicaLayout
  public let parameters: DeviceParameters
  public let operatingPoint: OperatingPoint
  public let idlePower: Power
  let coefficients: ReplicaCoefficients
  /// Nil at the clock and limit as shipped.
  private let clocked: ClockedPhases?

  /// Throws `LayoutError.headsDoNotDivide` where the GPUs cannot share the heads.
  public init(
    gpu: GPUSheet, model: ModelSheet, layout: ReplicaLayout, parameters: DeviceParameters,
    operatingPoint: OperatingPoint = .asShipped
  ) throws {
    try layout.check(model)
    self.gpu = gpu
    self.model = model
    self.layout = layout
    self.parameters = parameters
    self.operatingPoint = operatingPoint
    clocked = ClockedPhases(operatingPoint, gpu: gpu, parameters: parameters)
    idlePower = Power(rounding: parameters.power.idlePower * Double(layout.gpuCount))
    coefficients = CoefficientDerivation(
      gpu: gpu, model: model, layout: layout, parameters: parameters
    ).coefficients()
  }

  public func cost(of shape: IterationShape) -> IterationCost {
    guard shape.isDecodeOnly else { return estimate(shape).cost }
    return decodeSegment(rows: shape.decodeRows, contextTokens: shape.decodeContextTokens)
      .cost(context: shape.decodeContextTokens)
  }

  /// The line between the estimates at the two knots around the context.
  public func decodeSegment(rows: Int, contextTokens: Int) -> DecodeSegment {
    let range = DecodeKnots.range(holding: contextTokens)
    func knot(_ tokens: Int) -> IterationCost {
      estimate(IterationShape(decodeRows: rows, decodeContextTokens: tokens)).cost
    }
    return DecodeSegment(from: knot(range.lowerBound), to: knot(range.upperBound), over: range)
  }

  /// The cost in floating point, part by part. A quarter of a microsecond; allocates nothing.
  public func estimate(_ shape: IterationShape) -> IterationEstimate {
    let rows = Double(shape.decodeRows + shape.prefillChunks)
    let tokens = Double(shape.decodeRows + shape.prefillTokens)
    return IterationEstimate(
      linear: linear(tokens: tokens, samples: rows),
      decodeAttention: decodeAttention(shape),
      prefillAttention: prefillAttention(shape),
      communication: PhaseEstimate(
        seconds: coefficients.communicationLatency + coefficients.communicationPerToken * tokens,
        watts: clocked?.communicationPower ?? parameters.power.communicationPower),
      sampling: PhaseEstimate(
        seconds: coefficients.samplingPerRow * rows * (clocked?.samplingStretch ?? 1),
        watts: clocked?.samplingPower ?? parameters.power.samplingPower),
      gap: PhaseEstimate(
        seconds: coefficients.gapPerIteration + coefficients.gapPerRow * rows,
        watts: clocked?.gapPower ?? parameters.power.gapPower),
      gpuCount: layout.gpuCount)
  }

  @inline(__always)
  private func linear(tokens: Double, samples: Double) -> PhaseEstimate {
    let c = coefficients
    let seconds =
      c.linearLatency + c.elementwisePerToken * tokens
      + c.queryKeyValue.seconds(rows: tokens) + c.attentionOutput.seconds(rows: tokens)
      + c.gateAndUp.seconds(rows: tokens) + c.down.seconds(rows: tokens)
      + c.languageModelHead.seconds(rows: samples)
    let memory =
      c.linearWeights.memory + c.linearPerToken.memory * tokens
      + c.linearPerSample.memory * samples
    let compute = c.linearPerToken.compute * tokens + c.linearPerSample.compute * samples
    return phase(seconds, PeakWork(compute: compute, memory: memory))
  }

  @inline(__always)
  private func decodeAttention(_ shape: IterationShape) -> PhaseEstimate {
    guard shape.decodeRows > 0 else { return .none }
    let c = coefficients
    let context = Double(shape.decodeContextTokens)
    let shortest = c.decodePerRow * Double(shape.decodeRows)
    let reading = c.decodePerContextToken * context
    let seconds = c.decodeLatency + (shortest * shortest + reading * reading).squareRoot()
    return phase(
      seconds,
      PeakWork(
        compute: c.decodePeakPerContextToken.compute * context,
        memory: c.decodePeakPerContextToken.memory * context))
  }

  @inline(__always)
  private func prefillAttention(_ shape: IterationShape) -> PhaseEstimate {
    guard shape.prefillTokens > 0 else { return .none }
    let c = coefficients
    let pairs = Double(shape.prefillAttentionPairs)
    let tokens = Double(shape.prefillTokens)
    return phase(
      c.prefillLatency + c.prefillPerPair * pairs + c.prefillPerToken * tokens,
      PeakWork(
        compute: c.prefillPeakPerPair.compute * pairs,
        memory: c.prefillPeakPerToken.memory * tokens))
  }

  @inline(__always)
  private func phase(_ seconds: Double, _ work: PeakWork) -> PhaseEstimate {
    if let clocked { return clocked.settled(seconds, compute: work.compute, memory: work.memory) }
    let bandwidth = work.memory / seconds
    let compute = work.compute / seconds
    return PhaseEstimate(
      seconds: seconds,
      watts: parameters.power.kernelPower(
        bandwidthUtilization: bandwidth, computeUtilization: compute),
      bandwidthUtilization: bandwidth, computeUtilization: compute)
  }
}

extension ReplicaLayout {
  /// Throws where the degree shares heads unevenly.
  func check(_ model: ModelSheet) throws {
    let heads = model.attentionHeadCount
    let cacheHeads = model.keyValueHeadCount
    let degree = tensorParallelDegree
    let isShared = degree > 0 && (cacheHeads % degree == 0 || degree % cacheHeads == 0)
    guard degree > 0, heads % degree == 0, isShared else {
      throw LayoutError.headsDoNotDivide(
        model: model.name, heads: heads, keyValueHeads: cacheHeads, degree: degree)
    }
  }
}
