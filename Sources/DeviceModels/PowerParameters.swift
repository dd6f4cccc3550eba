#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Power of one GPU as a function of what its kernels use: watts, at its own cap.
///
/// While a kernel runs, `P = min(cap, floor + A·u_mem^α + B·u_flop^β)`, the minimum smoothed;
/// u are the shares of peak bandwidth and peak FLOP/s that the kernel draws. Between kernels,
/// and with nothing to do, power is a constant of each state.
public struct PowerParameters: Hashable, Sendable {
  /// Weights loaded, no iteration running.
  public var idlePower: Double
  /// Inside an iteration while no kernel runs: scheduling, launches, transfers.
  public var gapPower: Double
  /// Sampling: sorting the logits keeps the GPU busy.
  public var samplingPower: Double
  /// A kernel that uses almost nothing.
  public var kernelFloorPower: Double
  /// A: added at full memory bandwidth; and α, its exponent.
  public var bandwidthPower: Double
  public var bandwidthExponent: Double
  /// B: added at full arithmetic throughput; and β, its exponent.
  public var computePower: Double
  public var computeExponent: Double
  /// Moving data between GPUs.
  public var communicationPower: Double
  /// Highest sustained power: the board's limit times the share of it that regulation reaches.
  public var powerCap: Double

  public init(
    idlePower: Double, gapPower: Double, samplingPower: Double, kernelFloorPower: Double,
    bandwidthPower: Double, bandwidthExponent: Double, computePower: Double,
    computeExponent: Double, communicationPower: Double, powerCap: Double
  ) {
    self.idlePower = idlePower
    self.gapPower = gapPower
    self.samplingPower = samplingPower
    self.kernelFloorPower = kernelFloorPower
    self.bandwidthPower = bandwidthPower
    self.bandwidthExponent = bandwidthExponent
    self.computePower = computePower
    self.computeExponent = computeExponent
    self.communicationPower = communicationPower
    self.powerCap = powerCap
  }

  /// Watts of one GPU in a kernel at these shares of peak bandwidth and peak FLOP/s.
  public func kernelPower(bandwidthUtilization: Double, computeUtilization: Double) -> Double {
    let asked =
      kernelFloorPower + bandwidthPower * pow(bandwidthUtilization, bandwidthExponent)
      + computePower * pow(computeUtilization, computeExponent)
    return Self.smoothMinimum(asked, powerCap)
  }

  /// x / (1 + (x/limit)⁸)^(1/8): x far below the limit, the limit far above, 8 % less where they
  /// meet. The order 8 is a shape, chosen so that only the last tenth bends.
  static func smoothMinimum(_ x: Double, _ limit: Double) -> Double {
    let ratio = x / limit
    let square = ratio * ratio
    let fourth = square * square
    return x / (1 + fourth * fourth).squareRoot().squareRoot().squareRoot()
  }
}
