public import Quantities

/// Time and energy of a replica from the shapes of its kernels: rooflines with fitted efficiencies,
/// refined by measured surfaces where there are any, the engine's overhead, and power by
/// utilisation.
///
/// `t = a·Σ kernels + c₀ + c_l·layers + c₂·rows·vocabulary`, and what the host takes for rows,
/// `c₁·rows^γ`, after that or beside it; each phase draws the power that its utilisation asks for,
/// the rest of the iteration gap power; a lower clock or cap changes both phase by phase
/// (`ClockedPhases`). Kernels are tabulated at creation, so that no part falls
/// as any count grows. `docs/model-devices.md` says how far that carries. It never changes; that it
/// is a class spares its callers copies of it.
public final class RooflineReplicaModel: IterationModel, Sendable {
  public let gpu: GPUSheet
  public let model: ModelSheet
  public let layout: ReplicaLayout
  public let parameters: DeviceParameters
  public let operatingPoint: OperatingPoint
  public let idlePower: Power
  let tables: ReplicaTables
  /// Seconds between kernels, of sampling, and of the host for rows beside the GPU, by rows.
  private let host: WorkTable
  private let engineScale: Double
  /// Seconds in which eight-bit experts fill up tiles in every iteration, and what these would be
  /// at peak; 0 for all others.
  private let paddingSeconds: Double
  private let paddingCompute: Double
  /// What unquantised experts take beyond their benchmark, over that; 0 for most.
  private let expertExcess: Double
  /// Nil where no host handles rows beside the GPU.
  private let rowOverlapOrder: Double?
  /// Nil at the clock and limit as shipped.
  private let clocked: ClockedPhases?
  /// Looking at `clocked` itself copies it.
  private let isClocked: Bool
  private let steady: SteadyPowers

  /// Throws `LayoutError.headsDoNotDivide` where the GPUs cannot share the heads.
  public convenience init(
    gpu: GPUSheet, model: ModelSheet, layout: ReplicaLayout, parameters: DeviceParameters,
    operatingPoint: OperatingPoint = .asShipped
  ) throws {
    try layout.check(model)
    let tables = ReplicaDerivation(
      gpu: gpu, model: model, layout: layout, kernels: parameters.kernels,
      rowShare: parameters.engine.rowShare(of: layout.expertTraffic)
    ).tables()
    self.init(gpu, model, layout, parameters, operatingPoint, tables)
  }

  private init(
    _ gpu: GPUSheet, _ model: ModelSheet, _ layout: ReplicaLayout, _ parameters: DeviceParameters,
    _ operatingPoint: OperatingPoint, _ tables: ReplicaTables
  ) {
    self.gpu = gpu
    self.model = model
    self.layout = layout
    self.parameters = parameters
    self.operatingPoint = operatingPoint
    self.tables = tables
    let engine = parameters.engine
    engineScale = engine.kernelScale
    let sampler = layout.sampler ?? model.sampler
    host = WorkTable(upTo: Self.mostHostRows) { rows in
      [
        engine.gapSeconds(rows: rows, model: model, sampler: sampler),
        engine.samplingSeconds(rows: rows, model: model, sampler: sampler),
        engine.rowSeconds(rows, sampler: sampler), 0,
      ]
    }
    clocked = ClockedPhases(
      operatingPoint, gpu: gpu, parameters: parameters, sampler: sampler)
    isClocked = clocked != nil
    steady = SteadyPowers(parameters.power, clocked, sampler: sampler)
    paddingSeconds = engine.quantizedExpertPadding * tables.eightBitExpertRow
    paddingCompute = paddingSeconds * parameters.kernels.gemmComputeEfficiency
    let hasPlainExperts = model.experts != nil && model.weightFormat == .bfloat16
    expertExcess = hasPlainExperts ? engine.expertScale - 1 : 0
    rowOverlapOrder = engine.overlapsRows ? engine.rowOverlapOrder : nil
    idlePower = Power(rounding: parameters.power.idlePower * Double(layout.gpuCount))
  }

  /// Seconds that a row more for each eight-bit expert takes in all layers; 0 without such experts.
  public var eightBitExpertRowSeconds: Double { tables.eightBitExpertRow }

  /// Beyond, what the engine takes goes on as a line.
  private static let mostHostRows = 1 << 13

  /// The same replica with other parameters; fast where the kernels stay the same, as they do
  /// while an engine or its power is fitted.
  public func with(_ parameters: DeviceParameters) throws -> RooflineReplicaModel {
    let traffic = layout.expertTraffic
    let sameShare =
      parameters.engine.rowShare(of: traffic) == self.parameters.engine.rowShare(of: traffic)
    guard parameters.kernels == self.parameters.kernels, sameShare else {
      return try RooflineReplicaModel(
        gpu: gpu, model: model, layout: layout, parameters: parameters,
        operatingPoint: operatingPoint)
    }
    return RooflineReplicaModel(gpu, model, layout, parameters, operatingPoint, tables)
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

  /// The cost in floating point, part by part. A tenth of a microsecond; allocates nothing.
  public func estimate(_ shape: IterationShape) -> IterationEstimate {
    let rows = shape.decodeRows + shape.prefillChunks
    let tokens = shape.decodeRows + shape.prefillTokens
    let engineSeconds = host.entry(at: rows)
    let place = tables.layers.place(of: tokens)
    let linear = tables.layers.entry(at: place) + tables.outputProjection.entry(at: rows)
    var estimate = IterationEstimate(
      linear: phase(
        linear[0] + paddingSeconds
          + (expertExcess > 0 ? expertExcess * tables.experts.entry(at: place)[0] : 0),
        PeakWork(compute: linear[1] + paddingCompute, memory: linear[2])),
      decodeAttention: decodeAttention(shape),
      prefillAttention: prefillAttention(shape),
      communication: PhaseEstimate(
        seconds: engineScale * tables.communication.entry(at: place)[0],
        watts: steady.communicationPower),
      sampling: PhaseEstimate(
        seconds: engineSeconds[1] * steady.samplingStretch, watts: steady.samplingPower),
      gap: PhaseEstimate(seconds: engineSeconds[0], watts: steady.gapPower),
      gpuCount: layout.gpuCount)
    if let rowOverlapOrder {
      estimate.gap = gap(estimate, waitingFor: engineSeconds[2], order: rowOverlapOrder)
    }
    return estimate
  }

  /// What the GPU waits for a host that handles rows beside it comes to the time between kernels.
  private func gap(
    _ estimate: IterationEstimate, waitingFor host: Double, order: Double
  ) -> PhaseEstimate {
    let wait = EngineParameters.waitSeconds(for: host, beside: estimate.seconds, order: order)
    let joules = estimate.gap.joules + wait * steady.gapPower
    let seconds = estimate.gap.seconds + wait
    return PhaseEstimate(seconds: seconds, watts: seconds > 0 ? joules / seconds : 0)
  }

  @inline(__always)
  private func decodeAttention(_ shape: IterationShape) -> PhaseEstimate {
    guard shape.decodeRows > 0 else { return .none }
    let entry = tables.decode.entry(
      rows: shape.decodeRows, columns: max(shape.decodeContextTokens, shape.decodeRows))
    return phase(
      entry[0],
      PeakWork(compute: tables.decodeComputePerMemory * entry[1], memory: entry[1]))
  }

  @inline(__always)
  private func prefillAttention(_ shape: IterationShape) -> PhaseEstimate {
    guard shape.prefillTokens > 0 else { return .none }
    let entry = tables.prefill.entry(
      rows: shape.prefillTokens,
      columns: max(shape.prefillAttentionPairs, shape.prefillTokens))
    return phase(
      entry[0],
      PeakWork(
        compute: entry[1],
        memory: tables.prefillMemoryPerToken * Double(shape.prefillTokens)))
  }

  @inline(__always)
  private func phase(_ kernelSeconds: Double, _ work: PeakWork) -> PhaseEstimate {
    let seconds = engineScale * kernelSeconds
    if isClocked, let clocked {
      return clocked.settled(seconds, compute: work.compute, memory: work.memory)
    }
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
