/// Arithmetic and memory traffic of a phase at the GPU's peaks: seconds that each would take.
/// Divided by the time that the phase does take, they are its utilisation.
struct PeakWork: Sendable {
  var compute: Double
  var memory: Double
}

/// What one (GPU, model, layout) makes of a shape before the engine adds its own, tabulated once so
/// that an iteration costs a handful of look-ups. All of one GPU.
struct ReplicaTables: Sendable {
  /// Products, experts and elementwise work of all layers, by the tokens computed.
  let layers: WorkTable
  /// The output projection, by the rows that sample.
  let outputProjection: WorkTable
  /// Seconds of all-reduces, by the tokens computed.
  let communication: WorkTable
  /// Seconds and memory traffic, by rows and the tokens that they attend to.
  let decode: WorkGrid
  /// Seconds of arithmetic at peak per second of memory traffic at peak.
  let decodeComputePerMemory: Double
  /// Seconds and arithmetic, by prompt tokens and causal pairs.
  let prefill: WorkGrid
  /// Seconds of memory traffic at peak.
  let prefillMemoryPerToken: Double
  /// Seconds of unquantised routed experts alone, by the tokens computed; 0 without such experts.
  let experts: WorkTable
  /// Seconds that a row more for each eight-bit expert takes in all layers; 0 without such experts.
  let eightBitExpertRow: Double
}

/// Derives the tables of a replica from its sheets.
struct ReplicaDerivation {
  let model: ModelSheet
  let layout: ReplicaLayout
  let times: KernelTimes
  /// Of the rows, how many count where it comes to how many experts they reach.
  let rowShare: Double

  init(
    gpu: GPUSheet, model: ModelSheet, layout: ReplicaLayout, kernels: KernelParameters,
    rowShare: Double = 1
  ) {
    self.model = model
    self.layout = layout
    self.rowShare = rowShare
    times = KernelTimes(gpu: gpu, kernels: kernels)
  }

  /// Beyond, tables go on as lines: no token budget, batch or summed context in use is larger.
  private static let mostTokens = 1 << 16
  private static let mostRows = 1 << 12
  private static let mostContextTokens = 1 << 28
  private static let mostPairs = 1 << 31

  private var passes: ActivationTraffic { times.kernels.activations }
  private var degree: Double { Double(layout.tensorParallelDegree) }
  private var layerCount: Double { Double(model.layerCount) }
  private var hidden: Double { Double(model.hiddenSize) }
  private var heads: Double { Double(model.attentionHeadCount) / degree }
  private var cacheHeads: Double { Double(layout.keyValueHeadsPerGPU(of: model)) }
  private var headDimension: Double { Double(model.headDimension) }

  func tables() -> ReplicaTables {
    let attention = attention
    let work = attention.decodeWork(contextTokens: 1)
    return ReplicaTables(
      layers: layersTable(), outputProjection: outputProjectionTable(),
      communication: communicationTable(), decode: decodeGrid(attention),
      decodeComputePerMemory: work.compute / work.memory, prefill: prefillGrid(attention),
      prefillMemoryPerToken: layerCount * attention.prefillWork(tokens: 1, pairs: 0).memory,
      experts: expertsTable(),
      eightBitExpertRow: model.weightFormat == .fp8
        ? Double(model.expertLayerCount) * (experts?.secondsOfARowEach ?? 0) : 0)
  }

  // MARK: Layers

  /// Products that every token of a layer of some kind passes, and in how many layers.
  private struct Calls {
    let product: KernelTimes.Product
    let count: Double
  }

  private func calls(_ width: Double, _ depth: Double, _ count: Int, weightBytes: Double? = nil)
    -> Calls
  {
    Calls(
      product: times.product(
        width: width, depth: depth,
        weightBytes: weightBytes ?? model.weightFormat.bytesPerProjectionWeight),
      count: Double(count))
  }

  private var attentionCalls: [Calls] {
    let output = Double(model.attentionOutputSize) / degree
    let last = calls(hidden, output, model.layerCount)
    guard let latent = model.latentAttention else {
      let width = (heads + 2 * cacheHeads) * headDimension
      return [calls(width, hidden, model.layerCount), last]
    }
    let queries = heads * headDimension
    let query =
      latent.queryRank.map { rank in
        [
          calls(Double(rank), hidden, model.layerCount),
          calls(queries, Double(rank), model.layerCount),
        ]
      } ?? [calls(queries, hidden, model.layerCount)]
    let perHead = Double(latent.plainDimension + latent.valueDimension)
    return query + [
      calls(Double(latent.cacheElements), hidden, model.layerCount),
      calls(heads * perHead, Double(latent.keyValueRank), model.layerCount), last,
    ]
  }

  /// Gate and up in one product where there is a gate, then down.
  private func feedForwardCalls(_ width: Double, _ count: Int, isGated: Bool = true) -> [Calls] {
    guard count > 0, width > 0 else { return [] }
    return [
      calls((isGated ? 2 : 1) * width / degree, hidden, count),
      calls(hidden, width / degree, count),
    ]
  }

  private var layerCalls: [Calls] {
    var result =
      attentionCalls
      + feedForwardCalls(
        Double(model.intermediateSize), model.denseLayerCount, isGated: model.details.isGated)
    if let experts = model.experts {
      result.append(
        calls(
          Double(experts.routedExpertCount), hidden, model.expertLayerCount,
          weightBytes: WeightFormat.plainBytesPerWeight))
      result += feedForwardCalls(
        Double(experts.sharedIntermediateSize), model.expertLayerCount)
    }
    return result
  }

  private var experts: KernelTimes.Experts? {
    model.experts.map { experts in
      let count = Double(experts.routedExpertCount)
      let isWhole = layout.distributesExperts
      // Where they do not divide, the GPU that holds one more sets the pace.
      return times.experts(
        count: count, held: isWhole ? (count / degree).rounded(.up) : count,
        perToken: Double(experts.activeExpertCount), hidden: hidden,
        width: Double(experts.intermediateSize) / (isWhole ? 1 : degree),
        weightBytes: model.weightFormat.bytesPerExpertWeight, rowShare: rowShare)
    }
  }

  /// Seconds of elementwise traffic per token at peak; what routed experts move is in their own.
  private var elementwisePerToken: Double {
    let shared = Double(model.experts?.sharedIntermediateSize ?? 0)
    let feedForward =
      Double(model.denseLayerCount) * Double(model.intermediateSize)
      + Double(model.expertLayerCount) * shared
    let projections = (heads + 2 * cacheHeads) * headDimension
    // Without a gate the activation reads one operand less.
    let feedForwardPasses = passes.feedForwardPasses - (model.details.isGated ? 0 : 1)
    let elements =
      layerCount * (passes.hiddenPasses * hidden + passes.projectionPasses * projections)
      + feedForwardPasses * feedForward / degree
    return times.memorySeconds(bytes: elements * passes.bytesPerActivation)
  }

  private func layersTable() -> WorkTable {
    let calls = layerCalls
    let experts = experts
    let expertLayers = Double(model.expertLayerCount)
    let elementwise = elementwisePerToken
    let elementwiseSeconds = elementwise / times.kernels.gemmBandwidthEfficiency
    return WorkTable(upTo: Self.mostTokens) { tokens in
      var seconds = elementwiseSeconds * tokens
      var roofline = seconds
      var work = KernelTimes.Work(compute: 0, memory: elementwise * tokens)
      func add(
        _ kernelSeconds: Double, _ ofRoofline: Double, _ kernelWork: KernelTimes.Work,
        _ count: Double
      ) {
        seconds += count * kernelSeconds
        roofline += count * ofRoofline
        work.compute += count * kernelWork.compute
        work.memory += count * kernelWork.memory
      }
      for call in calls {
        let product = call.product
        add(
          product.seconds(rows: tokens), product.unfilledRooflineSeconds(rows: tokens),
          product.work(rows: tokens), call.count)
      }
      if let experts {
        add(
          experts.seconds(tokens: tokens), experts.rooflineSeconds(tokens: tokens),
          experts.work(tokens: tokens), expertLayers)
      }
      return [seconds, work.compute, work.memory, roofline]
    }
  }

  private func expertsTable() -> WorkTable {
    let experts = model.weightFormat == .bfloat16 ? experts : nil
    let layers = Double(model.expertLayerCount)
    return WorkTable(upTo: Self.mostTokens) { tokens in
      guard let experts else { return .zero }
      return [
        layers * experts.seconds(tokens: tokens), 0, 0,
        layers * experts.rooflineSeconds(tokens: tokens),
      ]
    }
  }

  private func outputProjectionTable() -> WorkTable {
    let product = times.product(
      width: Double(model.vocabularySize) / degree, depth: hidden,
      weightBytes: WeightFormat.plainBytesPerWeight)
    return WorkTable(upTo: Self.mostRows) { rows in
      let work = product.work(rows: rows)
      return [
        product.seconds(rows: rows), work.compute, work.memory,
        product.unfilledRooflineSeconds(rows: rows),
      ]
    }
  }

  // MARK: Communication

  /// Two all-reduces of the hidden state in each layer.
  private func communicationTable() -> WorkTable {
    let perToken = hidden * passes.bytesPerActivation
    let isParallel = layout.tensorParallelDegree > 1
    return WorkTable(upTo: Self.mostTokens) { tokens in
      guard isParallel else { return .zero }
      let one = times.allReduceSeconds(bytes: tokens * perToken, gpus: degree)
      return [2 * layerCount * one, 0, 0, 0]
    }
  }

  // MARK: Attention

  private var attention: KernelTimes.Attention {
    let elements =
      model.latentAttention.map { Double($0.cacheElements) } ?? 2 * cacheHeads * headDimension
    return times.attention(
      heads: heads, cacheHeads: model.latentAttention == nil ? cacheHeads : 1,
      headDimension: headDimension, cacheElements: elements,
      cacheElementBytes: model.bytesPerCacheElement)
  }

  /// Layers by how far they look back: (layers, most tokens).
  private var layerKinds: [(count: Double, window: Double)] {
    let full = (count: Double(model.fullAttentionLayerCount), window: Double.infinity)
    guard let window = model.slidingWindow else { return [full] }
    return [full, (count: Double(window.layerCount), window: Double(window.tokens))].filter {
      $0.count > 0
    }
  }

  /// Rows are taken to have the mean context each: a layer with a window reads the lesser of it
  /// and the window.
  private func decodeGrid(_ attention: KernelTimes.Attention) -> WorkGrid {
    let kinds = layerKinds
    return WorkGrid(rowsUpTo: Self.mostRows, columnsUpTo: Self.mostContextTokens) { rows, tokens in
      var (seconds, memory, roofline) = (0.0, 0.0, 0.0)
      for kind in kinds {
        let call = attention.decode(rows: rows, contextTokens: min(tokens, kind.window * rows))
        seconds += kind.count * call.seconds
        memory += kind.count * call.work.memory
        roofline += kind.count * call.roofline
      }
      return WorkGrid.Entry(seconds, memory, roofline, 0)
    }
  }

  private func prefillGrid(_ attention: KernelTimes.Attention) -> WorkGrid {
    let kinds = layerKinds
    return WorkGrid(rowsUpTo: Self.mostTokens, columnsUpTo: Self.mostPairs) { tokens, pairs in
      var (seconds, compute, roofline) = (0.0, 0.0, 0.0)
      for kind in kinds {
        let call = attention.prefill(tokens: tokens, pairs: min(pairs, kind.window * tokens))
        seconds += kind.count * call.seconds
        compute += kind.count * call.work.compute
        roofline += kind.count * call.roofline
      }
      return WorkGrid.Entry(seconds, compute, roofline, 0)
    }
  }
}
