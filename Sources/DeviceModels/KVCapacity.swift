extension RooflineReplicaModel {
  /// Bytes of one GPU that one KV block takes.
  public func blockBytes(tokensPerBlock: Int) -> Double {
    let heads = Double(layout.keyValueHeadsPerGPU(of: model))
    return Double(tokensPerBlock) * 2 * Double(model.layerCount) * heads
      * Double(model.headDimension) * model.bytesPerCacheElement
  }

  /// KV blocks that fit beside weights and working memory, as vLLM counts them.
  ///
  /// `memoryUtilization` is the share of each GPU's memory that the engine may use, 0…1. Throws
  /// `LayoutError.doesNotFit` where not even one block is left.
  public func kvBlockCount(tokensPerBlock: Int, memoryUtilization: Double) throws -> Int {
    let usable = gpu.memoryBytes * memoryUtilization
    let required = Self.requiredBytes(model, layout.tensorParallelDegree, parameters.engine)
    let block = blockBytes(tokensPerBlock: tokensPerBlock)
    let blocks = Int(((usable - required) / block).rounded(.down))
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
