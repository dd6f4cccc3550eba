/// Memory of the KV cache.
///
/// A block holds so many tokens of one sequence in all layers. Where some layers have a window,
/// their keys and values may be kept apart instead: every row that the engine may run then has
/// a window's worth of them set aside, and blocks hold the other layers only. Either way no mix
/// of sequences that the blocks admit can take more memory than there is; the way that gives
/// more blocks is taken, which is the best that a fixed size of block can do.
extension RooflineReplicaModel {
  /// Bytes of one GPU that one KV block takes in all layers.
  public func blockBytes(tokensPerBlock: Int) -> Double {
    Double(tokensPerBlock) * tokenBytes(layers: model.layerCount)
  }

  /// KV blocks that fit beside weights and working memory, as vLLM counts them.
  ///
  /// `memoryUtilization` is the share of each GPU's memory that the engine may use, 0…1;
  /// `rowLimit` and `longestSequence` (tokens) are what it may run at most, `rowLimit` nil where
  /// nobody says. Throws `LayoutError.doesNotFit` where not even one block is left.
  public func kvBlockCount(
    tokensPerBlock: Int, memoryUtilization: Double, rowLimit: Int? = nil,
    longestSequence: Int? = nil
  ) throws -> Int {
    let usable = gpu.memoryBytes * memoryUtilization
    let required = Self.requiredBytes(model, layout.tensorParallelDegree, parameters.engine)
    let block = blockBytes(tokensPerBlock: tokensPerBlock)
    let apart = rowLimit.map {
      blocksBesideWindows(
        usable - required, tokensPerBlock: tokensPerBlock, rowLimit: $0,
        longestSequence: longestSequence ?? model.maxContextTokens)
    }
    let blocks = max(Int(((usable - required) / block).rounded(.down)), apart ?? 0)
    guard blocks >= 1 else {
      let gibibyte = 1_073_741_824.0
      throw LayoutError.doesNotFit(
        model: model.name, gpu: gpu.name, degree: layout.tensorParallelDegree,
        requiredGibibytes: (required + block) / gibibyte, availableGibibytes: usable / gibibyte,
        smallestDegree: smallestDegree(usable: usable, block: block),
        largestDegree: gpu.gpusPerNode)
    }
    return blocks
  }

  /// Bytes of one GPU that one token takes in so many layers.
  private func tokenBytes(layers: Int) -> Double {
    let elements =
      model.latentAttention?.cacheElements
      ?? 2 * layout.keyValueHeadsPerGPU(of: model) * model.headDimension
    return Double(layers) * Double(elements) * model.bytesPerCacheElement
  }

  /// Blocks of the layers that attend to everything, with windows set aside for every row; 0
  /// where there are no windows, or nothing else.
  private func blocksBesideWindows(
    _ bytes: Double, tokensPerBlock: Int, rowLimit: Int, longestSequence: Int
  ) -> Int {
    guard let window = model.slidingWindow, model.fullAttentionLayerCount > 0 else { return 0 }
    // A window begins anywhere in a block: one block more than its tokens but one fill.
    let windowBlocks = (window.tokens - 1).dividedRoundingUp(by: tokensPerBlock) + 1
    let longestBlocks = longestSequence.dividedRoundingUp(by: tokensPerBlock)
    let reserved = Double(rowLimit) * Double(min(windowBlocks, longestBlocks) * tokensPerBlock)
    let rest = bytes - reserved * tokenBytes(layers: window.layerCount)
    let block = Double(tokensPerBlock) * tokenBytes(layers: model.fullAttentionLayerCount)
    return max(0, Int((rest / block).rounded(.down)))
  }

  /// Weights and working memory of each GPU.
  private static func requiredBytes(
    _ model: ModelSheet, _ degree: Int, _ engine: EngineParameters
  ) -> Double {
    model.weightBytes / Double(degree) + engine.reservedBytes
      + (degree > 1 ? engine.communicationBytes : 0)
  }

  /// The smallest tensor parallel degree within one node whose GPUs hold the model.
  private func smallestDegree(usable: Double, block: Double) -> Int? {
    (1...gpu.gpusPerNode).first { degree in
      let layout = ReplicaLayout(tensorParallelDegree: degree)
      let isPossible = (try? layout.check(model)) != nil
      return isPossible && Self.requiredBytes(model, degree, parameters.engine) + block <= usable
    }
  }
}

extension Int {
  fileprivate func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
