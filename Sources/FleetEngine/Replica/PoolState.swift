internal import DeviceModels
internal import Quantities

/// What all replicas of a pool have in common.
struct PoolState: ~Copyable {
  let limits: EngineLimits
  let rules: EngineRules
  let model: any IterationModel
  let idlePower: Power
  let blockSize: BlockSize
  var decodeCosts = DecodeCostTable()

  init(_ configuration: PoolConfiguration) {
    limits = configuration.limits
    rules = configuration.rules
    model = configuration.model
    idlePower = configuration.model.idlePower
    blockSize = BlockSize(configuration.limits.tokensPerBlock)
  }

  /// Blocks that a request of `samples` samples takes when it is admitted: the prompt's full
  /// blocks once, and its last, partly filled block for every sample.
  func blocksAtAdmission(promptTokens: Int, samples: Int) -> Int {
    blockSize.blocks(filledBy: promptTokens)
      + (blockSize.phase(of: promptTokens) == 0 ? 0 : samples)
  }

  /// Whether a request can be served at all, alone on a replica.
  func canServe(promptTokens: Int, samples: Int, longestOutput: Int) -> Bool {
    promptTokens < limits.maxModelTokens
      && blocksAtAdmission(promptTokens: promptTokens, samples: samples) <= limits.kvBlockCount
      // The token put out last is never computed, so it takes no place.
      && promptTokens + longestOutput - 1 <= limits.kvBlockCount * limits.tokensPerBlock
      && samples <= limits.batchRowLimit
  }
}
