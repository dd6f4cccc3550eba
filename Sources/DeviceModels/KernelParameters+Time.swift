/// Time of one kernel. Work is given as the seconds it would take at the GPU's data-sheet peaks.
extension KernelParameters {
  /// A matrix product: √(arithmetic² + traffic²) and a latency.
  public func matrixProductSeconds(computeAtPeak: Double, memoryAtPeak: Double) -> Double {
    let compute = computeAtPeak / gemmComputeEfficiency
    let memory = memoryAtPeak / gemmBandwidthEfficiency
    return gemmLatency + (compute * compute + memory * memory).squareRoot()
  }

  /// Decode attention of `rowHeads` (sequences times key-value heads of the GPU).
  public func decodeAttentionSeconds(rowHeads: Double, memoryAtPeak: Double) -> Double {
    let shortest = rowHeads * decodeAttentionTimePerHead
    let reading = memoryAtPeak / decodeAttentionBandwidthEfficiency
    return decodeAttentionLatency + (shortest * shortest + reading * reading).squareRoot()
  }

  /// Prefill attention: its arithmetic and its traffic do not overlap.
  public func prefillAttentionSeconds(computeAtPeak: Double, memoryAtPeak: Double) -> Double {
    prefillAttentionLatency + computeAtPeak / prefillAttentionComputeEfficiency
      + memoryAtPeak / prefillAttentionBandwidthEfficiency
  }

  /// An all-reduce whose ring moves `linkAtPeak` seconds of data.
  public func allReduceSeconds(linkAtPeak: Double) -> Double {
    allReduceLatency + linkAtPeak / allReduceLinkEfficiency
  }
}
