/// Derives the coefficients of a replica from its sheets.
struct CoefficientDerivation {
  let gpu: GPUSheet
  let model: ModelSheet
  let layout: ReplicaLayout
  let parameters: DeviceParameters

  private var kernels: KernelParameters { parameters.kernels }
  private var engine: EngineParameters { parameters.engine }
  private var degree: Double { Double(layout.tensorParallelDegree) }
  private var layers: Double { Double(model.layerCount) }
  private var hidden: Double { Double(model.hiddenSize) }
  private var headDimension: Double { Double(model.headDimension) }
  private var heads: Double { Double(model.attentionHeadCount) / degree }
  private var cacheHeads: Double { Double(layout.keyValueHeadsPerGPU(of: model)) }
  private var feedForward: Double { Double(model.intermediateSize) / degree }
  private var vocabulary: Double { Double(model.vocabularySize) / degree }
  private var activationBytes: Double { kernels.activations.bytesPerActivation }
  /// Multiply and add.
  private let flopPerProductTerm = 2.0

  /// One kind of matrix product: `count` calls of (m × depth) · (depth × width).
  private struct Product {
    var width: Double
    var depth: Double
    var count: Double
  }

  private var layerProducts: [Product] {
    let queryKeyValue = (heads + 2 * cacheHeads) * headDimension
    return [
      Product(width: queryKeyValue, depth: hidden, count: layers),
      Product(width: hidden, depth: heads * headDimension, count: layers),
      Product(width: 2 * feedForward, depth: hidden, count: layers),
      Product(width: hidden, depth: feedForward, count: layers),
    ]
  }

  private var headProduct: Product { Product(width: vocabulary, depth: hidden, count: 1) }

  private func peakSeconds(flop: Double) -> Double { flop / gpu.peakBF16FlopsPerSecond }
  private func peakSeconds(bytes: Double) -> Double { bytes / gpu.memoryBytesPerSecond }

  private func weightWork(_ product: Product) -> PeakWork {
    let bytes = product.count * product.width * product.depth * model.bytesPerWeight
    return PeakWork(compute: 0, memory: peakSeconds(bytes: bytes))
  }

  private func rowWork(_ product: Product) -> PeakWork {
    let flop = product.count * flopPerProductTerm * product.width * product.depth
    let bytes = product.count * (product.width + product.depth) * activationBytes
    return PeakWork(compute: peakSeconds(flop: flop), memory: peakSeconds(bytes: bytes))
  }

  private func matrixProduct(_ product: Product) -> MatrixProduct {
    let row = rowWork(product)
    let scale = engine.kernelScale
    return MatrixProduct(
      computePerRow: scale * row.compute / kernels.gemmComputeEfficiency,
      weights: scale * weightWork(product).memory / kernels.gemmBandwidthEfficiency,
      activationsPerRow: scale * row.memory / kernels.gemmBandwidthEfficiency)
  }

  /// Seconds of elementwise traffic per token at peak.
  private var elementwisePeakPerToken: Double {
    let passes = kernels.activations
    let elements =
      passes.hiddenPasses * hidden + passes.feedForwardPasses * feedForward
      + passes.projectionPasses * (heads + 2 * cacheHeads) * headDimension
    return peakSeconds(bytes: layers * elements * activationBytes)
  }

  /// Seconds of one all-reduce of a token's hidden state, ring algorithm, all layers: two each.
  private var allReducePerToken: Double {
    let bytes = 2 * layers * hidden * activationBytes * 2 * (degree - 1) / degree
    return bytes / (gpu.linkBytesPerSecond * kernels.allReduceLinkEfficiency)
  }

  private var decodePeakPerContextToken: PeakWork {
    let cacheBytes = 2 * layers * cacheHeads * headDimension * model.bytesPerCacheElement
    // Scores and their product with the values: two products per query head.
    let flop = 2 * flopPerProductTerm * layers * heads * headDimension
    return PeakWork(compute: peakSeconds(flop: flop), memory: peakSeconds(bytes: cacheBytes))
  }

  private var prefillPeakPerToken: PeakWork {
    let elements = 2 * (heads + cacheHeads) * headDimension
    let bytes = layers * elements * activationBytes
    return PeakWork(compute: 0, memory: peakSeconds(bytes: bytes))
  }

  func coefficients() -> ReplicaCoefficients {
    let scale = engine.kernelScale
    let products = layerProducts.map(matrixProduct)
    let perToken = layerProducts.map(rowWork)
    let weights = (layerProducts + [headProduct]).map { weightWork($0).memory }
    let decode = decodePeakPerContextToken
    let prefill = prefillPeakPerToken
    let isParallel = layout.tensorParallelDegree > 1
    return ReplicaCoefficients(
      queryKeyValue: products[0], attentionOutput: products[1], gateAndUp: products[2],
      down: products[3], languageModelHead: matrixProduct(headProduct),
      linearLatency: scale * kernels.gemmLatency * (4 * layers + 1),
      elementwisePerToken: scale * elementwisePeakPerToken / kernels.gemmBandwidthEfficiency,
      linearWeights: PeakWork(compute: 0, memory: weights.reduce(0, +)),
      linearPerToken: PeakWork(
        compute: perToken.reduce(0) { $0 + $1.compute },
        memory: perToken.reduce(elementwisePeakPerToken) { $0 + $1.memory }),
      linearPerSample: rowWork(headProduct),
      decodeLatency: scale * layers * kernels.decodeAttentionLatency,
      decodePerRow: scale * layers * cacheHeads * kernels.decodeAttentionTimePerHead,
      decodePerContextToken: scale * decode.memory / kernels.decodeAttentionBandwidthEfficiency,
      decodePeakPerContextToken: decode,
      prefillLatency: scale * layers * kernels.prefillAttentionLatency,
      prefillPerPair: scale * decode.compute / kernels.prefillAttentionComputeEfficiency,
      prefillPerToken: scale * prefill.memory / kernels.prefillAttentionBandwidthEfficiency,
      prefillPeakPerPair: PeakWork(compute: decode.compute, memory: 0),
      prefillPeakPerToken: prefill,
      communicationLatency: isParallel ? scale * 2 * layers * kernels.allReduceLatency : 0,
      communicationPerToken: isParallel ? scale * allReducePerToken : 0,
      samplingPerRow: engine.timePerLogit * Double(model.vocabularySize),
      gapPerIteration: engine.timePerIteration, gapPerRow: engine.timePerRow)
  }
}
