/// How fast a GPU runs the kernels of a transformer, relative to its data sheet.
///
/// Each kernel costs a latency plus the time of its arithmetic and memory traffic; where the two
/// overlap they combine as the root of the sum of squares, a smooth maximum. Fitted per GPU on
/// tables of measured kernels (`docs/calibration.md`); `surfaces` refines them by shape where there
/// are such tables.
public struct KernelParameters: Hashable, Sendable {
  /// Matrix products: share of peak FLOP/s and of peak memory bandwidth that they reach.
  public var gemmComputeEfficiency: Double
  public var gemmBandwidthEfficiency: Double
  /// Seconds per call that neither explains.
  public var gemmLatency: Double
  /// Rows that eight-bit products compute at a time: fewer are filled up to a power of two, more to
  /// a multiple. 1 where nothing is filled up.
  public var fp8TileRows: Double
  /// Columns of an expert's weights that its kernels load and compute at a time: narrower slices
  /// are filled up. 1 where nothing is.
  public var expertTileWidth: Double
  /// Experts whose width is no multiple of it are loaded piecemeal, and take the longer that their
  /// surface says.
  public var expertAlignment: Double
  /// Decode attention: share of peak memory bandwidth in reading keys and values.
  public var decodeAttentionBandwidthEfficiency: Double
  /// Seconds per call.
  public var decodeAttentionLatency: Double
  /// Seconds per sequence and key-value head: what a short context costs at least.
  public var decodeAttentionTimePerHead: Double
  /// Prefill attention: share of peak FLOP/s over the causal half of the scores.
  public var prefillAttentionComputeEfficiency: Double
  /// Share of peak memory bandwidth in reading and writing queries, keys, values and output.
  public var prefillAttentionBandwidthEfficiency: Double
  /// Seconds per call.
  public var prefillAttentionLatency: Double
  /// All-reduce among the GPUs of a replica: seconds per call.
  public var allReduceLatency: Double
  /// Share of the link's bandwidth that a ring all-reduce of 2·(n - 1)/n of the bytes reaches.
  public var allReduceLinkEfficiency: Double
  /// What activations and the elementwise work on them move.
  public var activations: ActivationTraffic
  /// What measured tables add to these rooflines by the kernel's shape.
  public var surfaces: KernelSurfaces

  public init(
    gemmComputeEfficiency: Double, gemmBandwidthEfficiency: Double, gemmLatency: Double,
    decodeAttentionBandwidthEfficiency: Double, decodeAttentionLatency: Double,
    decodeAttentionTimePerHead: Double, prefillAttentionComputeEfficiency: Double,
    prefillAttentionBandwidthEfficiency: Double, prefillAttentionLatency: Double,
    allReduceLatency: Double, allReduceLinkEfficiency: Double, fp8TileRows: Double = 1,
    expertTileWidth: Double = 1, expertAlignment: Double = 1,
    activations: ActivationTraffic,
    surfaces: KernelSurfaces = KernelSurfaces()
  ) {
    self.gemmComputeEfficiency = gemmComputeEfficiency
    self.gemmBandwidthEfficiency = gemmBandwidthEfficiency
    self.gemmLatency = gemmLatency
    self.fp8TileRows = fp8TileRows
    self.expertTileWidth = expertTileWidth
    self.expertAlignment = expertAlignment
    self.decodeAttentionBandwidthEfficiency = decodeAttentionBandwidthEfficiency
    self.decodeAttentionLatency = decodeAttentionLatency
    self.decodeAttentionTimePerHead = decodeAttentionTimePerHead
    self.prefillAttentionComputeEfficiency = prefillAttentionComputeEfficiency
    self.prefillAttentionBandwidthEfficiency = prefillAttentionBandwidthEfficiency
    self.prefillAttentionLatency = prefillAttentionLatency
    self.allReduceLatency = allReduceLatency
    self.allReduceLinkEfficiency = allReduceLinkEfficiency
    self.activations = activations
    self.surfaces = surfaces
  }
}

/// How often elementwise work reads or writes each element of a layer's activations per token.
public struct ActivationTraffic: Hashable, Sendable {
  /// Bytes of one activation, whatever the weights take.
  public var bytesPerActivation: Double
  /// Over the hidden state: norms and residual sums.
  public var hiddenPasses: Double
  /// Over the feed-forward width: the gate's product.
  public var feedForwardPasses: Double
  /// Over queries, keys and values: rotation and cache write.
  public var projectionPasses: Double

  public init(
    bytesPerActivation: Double, hiddenPasses: Double, feedForwardPasses: Double,
    projectionPasses: Double
  ) {
    self.bytesPerActivation = bytesPerActivation
    self.hiddenPasses = hiddenPasses
    self.feedForwardPasses = feedForwardPasses
    self.projectionPasses = projectionPasses
  }
}
