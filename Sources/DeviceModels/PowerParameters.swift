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
  /// The engine asleep: its process alive, weights and cache out of the GPU's memory.
  public var sleepPower: Double
  /// Nothing loaded.
  public var unloadedIdlePower: Double
  /// Weights loaded, no iteration running.
  public var idlePower: Double
  /// Inside an iteration while no kernel runs: scheduling, launches, transfers.
  public var gapPower: Double
  /// Sampling: sorting the logits keeps the GPU busy.
  public var samplingPower: Double
  /// The same where the next token is chosen without top-p: no sort.
  public var samplingPowerWithoutSort: Double
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
  /// Order of the smooth minimum with the cap: the higher, the sharper it bends.
  public var capOrder: Double {
    didSet { capDoublings = Self.doublings(capOrder) }
  }
  /// The order's logarithm to base 2 where that is a whole number.
  private var capDoublings: Int?

  public init(
    sleepPower: Double, unloadedIdlePower: Double, idlePower: Double, gapPower: Double,
    samplingPower: Double, samplingPowerWithoutSort: Double? = nil, kernelFloorPower: Double,
    bandwidthPower: Double, bandwidthExponent: Double, computePower: Double,
    computeExponent: Double,
    communicationPower: Double, powerCap: Double, capOrder: Double
  ) {
    self.sleepPower = sleepPower
    self.unloadedIdlePower = unloadedIdlePower
    self.idlePower = idlePower
    self.gapPower = gapPower
    self.samplingPower = samplingPower
    self.samplingPowerWithoutSort = samplingPowerWithoutSort ?? samplingPower
    self.kernelFloorPower = kernelFloorPower
    self.bandwidthPower = bandwidthPower
    self.bandwidthExponent = bandwidthExponent
    self.computePower = computePower
    self.computeExponent = computeExponent
    self.communicationPower = communicationPower
    self.powerCap = powerCap
    self.capOrder = capOrder
    capDoublings = Self.doublings(capOrder)
  }

  /// Watts of one GPU while it chooses the next tokens.
  public func samplingPower(of sampler: Sampler) -> Double {
    sampler == .sorted ? samplingPower : samplingPowerWithoutSort
  }

  /// Watts of one GPU in a kernel at these shares of peak bandwidth and peak FLOP/s.
  @inline(__always)
  public func kernelPower(bandwidthUtilization: Double, computeUtilization: Double) -> Double {
    let (memory, compute) = demands(
      bandwidthUtilization: bandwidthUtilization, computeUtilization: computeUtilization)
    return capped(kernelFloorPower + memory + compute)
  }

  /// Watts above the floor that memory traffic and arithmetic ask for, before any cap.
  @inline(__always)
  func demands(
    bandwidthUtilization: Double, computeUtilization: Double
  ) -> (memory: Double, compute: Double) {
    (
      bandwidthPower * Self.raised(bandwidthUtilization, bandwidthExponent),
      computePower * Self.raised(computeUtilization, computeExponent)
    )
  }

  /// The clock, over the highest, that the board limit leaves a phase whose arithmetic asks for
  /// `watts`: dynamic power goes about with its square. It depends on the arithmetic alone, so
  /// that memory traffic on top never makes a phase shorter.
  @inline(__always)
  func shippedClock(computing watts: Double) -> Double {
    let asked = kernelFloorPower + watts
    guard asked > idlePower else { return 1 }
    return ((capped(asked) - idlePower) / (asked - idlePower)).squareRoot()
  }

  /// The power function is the dearest part of an iteration's cost; most fits are linear.
  @inline(__always)
  private static func raised(_ base: Double, _ exponent: Double) -> Double {
    exponent == 1 ? base : pow(base, exponent)
  }

  /// What a demand becomes under the board limit.
  @inline(__always)
  func capped(_ watts: Double) -> Double { capped(watts, at: powerCap) }

  /// x / (1 + (x/cap)ⁿ)^(1/n), n the order: x far below the cap, the cap far above.
  @inline(__always)
  func capped(_ watts: Double, at cap: Double) -> Double {
    let ratio = watts / cap
    // A power of two, as shipped, takes squares and roots alone: the function `pow` is dear.
    guard let doublings = capDoublings else {
      return watts / pow(1 + pow(ratio, capOrder), 1 / capOrder)
    }
    var raised = ratio
    for _ in 0..<doublings { raised *= raised }
    var root = 1 + raised
    for _ in 0..<doublings { root = root.squareRoot() }
    return watts / root
  }

  private static func doublings(_ order: Double) -> Int? {
    order >= 1 && order.significand == 1 ? Int(order.exponent) : nil
  }
}
