/// What a maker says of a GPU: peaks, capacities and limits, in SI units.
///
/// Peaks are dense (no structured sparsity). Nothing here is fitted; `DeviceParameters` holds
/// what fraction of it kernels reach.
public struct GPUSheet: Hashable, Sendable {
  /// As in files and on the command line: lower case, hyphens.
  public var name: String
  /// As the maker writes it.
  public var title: String
  /// As nvidia-smi, DCGM and others call it.
  public var aliases: [String] = []
  /// Dense bfloat16 tensor throughput, FLOP/s.
  public var peakBF16FlopsPerSecond: Double
  /// Dense eight-bit floating-point tensor throughput, FLOP/s; nil where the GPU has none.
  public var peakFP8FlopsPerSecond: Double?
  /// Dense four-bit floating-point tensor throughput, FLOP/s; nil where the GPU has none.
  public var peakFP4FlopsPerSecond: Double?
  /// Device memory bandwidth, byte/s.
  public var memoryBytesPerSecond: Double
  public var memoryBytes: Double
  /// Board power limit as shipped, W.
  public var thermalDesignPower: Double
  /// Lowest power limit that the driver accepts, W.
  public var leastPowerCap: Double
  /// Lowest and highest graphics clock that can be locked, MHz.
  public var minimumClock: Double
  public var maximumClock: Double
  /// GPU-to-GPU link inside a node, one direction, byte/s.
  public var linkBytesPerSecond: Double
  /// Most GPUs of one server: as many can share a replica.
  public var gpusPerNode: Int

  public init(
    name: String, title: String, peakBF16FlopsPerSecond: Double,
    peakFP8FlopsPerSecond: Double? = nil, memoryBytesPerSecond: Double, memoryBytes: Double,
    thermalDesignPower: Double, leastPowerCap: Double, minimumClock: Double,
    maximumClock: Double, linkBytesPerSecond: Double, gpusPerNode: Int
  ) {
    self.name = name
    self.title = title
    self.peakBF16FlopsPerSecond = peakBF16FlopsPerSecond
    self.peakFP8FlopsPerSecond = peakFP8FlopsPerSecond
    self.memoryBytesPerSecond = memoryBytesPerSecond
    self.memoryBytes = memoryBytes
    self.thermalDesignPower = thermalDesignPower
    self.leastPowerCap = leastPowerCap
    self.minimumClock = minimumClock
    self.maximumClock = maximumClock
    self.linkBytesPerSecond = linkBytesPerSecond
    self.gpusPerNode = gpusPerNode
  }
}
