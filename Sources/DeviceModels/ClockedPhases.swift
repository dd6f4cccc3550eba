/// Power of the phases whose power is the same in every iteration, in W at the operating point.
struct SteadyPowers: Sendable {
  /// Seconds of sampling over those as shipped.
  let samplingStretch: Double
  let samplingPower: Double
  let communicationPower: Double
  let gapPower: Double

  /// `clocked` is nil as shipped.
  init(_ shipped: PowerParameters, _ clocked: ClockedPhases?, sampler: Sampler) {
    samplingStretch = clocked?.samplingStretch ?? 1
    samplingPower = clocked?.samplingPower ?? shipped.samplingPower(of: sampler)
    communicationPower = clocked?.communicationPower ?? shipped.communicationPower
    gapPower = clocked?.gapPower ?? shipped.gapPower
  }
}

/// Time and power of phases at an operating point, from those of the GPU as shipped.
///
/// Every phase settles at a clock of its own: the one that is set, or less where the power cap
/// binds. As shipped the board limit already holds back a phase that computes much, so its clock
/// there is below the highest (`shippedClock`), and only a lower one stretches it. With f the
/// clock, r the shipped one, C and M the seconds of its arithmetic and memory traffic,
///
///     t(f) = t(r) + √((C·r/f)² + (M·k(f))²) - √(C² + M²)
///     E(f) = P_static·t(f) + κ·(A·m·(w + (1 - w)·n·v) + B·c·v),  v = V(f)²/V(r)²
///
/// where A·m and B·c are the energies that memory traffic and arithmetic ask for and κ what the
/// board limit leaves of them. The memory itself draws w of the former; the rest goes by clock
/// cycles, n = f·t(f)/(r·t(r)), since a chip that waits for memory keeps its clocks running. E/t
/// rises with f, so the clock at which it meets the cap is unique.
struct ClockedPhases: Sendable {
  private let power: PowerParameters
  private let clock: ClockParameters
  /// Shares of the peaks that kernels reach: what turns work at peak into time.
  private let computeEfficiency: Double
  private let bandwidthEfficiency: Double
  /// Highest clock allowed, over the highest there is.
  private let clockLimit: Double
  /// Sustained power allowed; infinite where the board limit holds.
  private let cap: Double
  /// Lowest clock that the cap can force.
  private let leastClock: Double

  /// Sampling is arithmetic: seconds over those as shipped, and watts.
  let samplingStretch: Double
  let samplingPower: Double
  /// Neither stretches: the link and the processors of the host set their times.
  let communicationPower: Double
  let gapPower: Double

  /// Nil where the point is what the GPU ships with.
  init?(
    _ point: OperatingPoint, gpu: GPUSheet, parameters: DeviceParameters, sampler: Sampler
  ) {
    let clockLimit = min(1, (point.clockMegahertz ?? gpu.maximumClock) / gpu.maximumClock)
    let capShare = min(1, (point.capWatts ?? gpu.thermalDesignPower) / gpu.thermalDesignPower)
    guard clockLimit < 1 || capShare < 1 else { return nil }
    power = parameters.power
    clock = parameters.clock
    computeEfficiency = parameters.kernels.gemmComputeEfficiency
    bandwidthEfficiency = parameters.kernels.gemmBandwidthEfficiency
    self.clockLimit = clockLimit
    cap = capShare < 1 ? capShare * power.powerCap : .infinity
    leastClock = gpu.minimumClock / gpu.maximumClock
    let steady = SteadyPhases(
      power: power, clock: clock, clockLimit: clockLimit, cap: cap, leastClock: leastClock)
    let sampling = power.samplingPower(of: sampler)
    samplingStretch = 1 / steady.clock(drawing: sampling)
    samplingPower = steady.watts(sampling, at: steady.clock(drawing: sampling))
    communicationPower = steady.watts(
      power.communicationPower, at: steady.clock(drawing: power.communicationPower))
    gapPower = steady.watts(power.gapPower, at: steady.clock(drawing: power.gapPower))
  }

  /// A kernel phase that takes `seconds` as shipped; `compute` and `memory` are the seconds that
  /// its arithmetic and memory traffic would take at the data sheet's peaks. Allocates nothing.
  @inline(__always)
  func settled(_ seconds: Double, compute: Double, memory: Double) -> PhaseEstimate {
    let phase = Phase(seconds, computeAtPeak: compute, memoryAtPeak: memory, of: self)
    var setting = phase.shippedClock
    if clockLimit < setting { setting = clockLimit }
    let allowed = cap < .infinity ? power.capped(phase.asked, at: cap) : .infinity
    if phase.watts(at: setting) > allowed {
      setting = phase.clock(drawing: allowed, below: setting)
    }
    let time = phase.seconds(at: setting)
    return PhaseEstimate(
      seconds: time, watts: phase.joules(at: setting, over: time) / time,
      bandwidthUtilization: memory / time, computeUtilization: compute / time)
  }

  /// One phase as shipped, and what becomes of it at lower clocks.
  private struct Phase {
    let owner: ClockedPhases
    let shippedSeconds: Double
    /// Seconds of arithmetic and memory traffic at the shares of the peaks that kernels reach.
    let compute: Double
    let memory: Double
    private let overlapped: Double
    let asked: Double
    let shippedClock: Double
    /// Joules above static ones that memory traffic, arithmetic and the rest draw as shipped.
    private let memoryJoules: Double
    private let computeJoules: Double
    private let floorJoules: Double
    private let shippedOperationEnergy: Double

    @inline(__always)
    init(
      _ seconds: Double, computeAtPeak: Double, memoryAtPeak: Double, of owner: ClockedPhases
    ) {
      self.owner = owner
      shippedSeconds = seconds
      compute = min(seconds, computeAtPeak / owner.computeEfficiency)
      memory = min(seconds, memoryAtPeak / owner.bandwidthEfficiency)
      overlapped = (compute * compute + memory * memory).squareRoot()
      let power = owner.power
      let (forMemory, forCompute) = power.demands(
        bandwidthUtilization: memoryAtPeak / seconds, computeUtilization: computeAtPeak / seconds)
      asked = power.kernelFloorPower + forMemory + forCompute
      let dynamic = asked - power.idlePower
      let left = dynamic > 0 ? (power.capped(asked) - power.idlePower) / dynamic : 1
      memoryJoules = left * forMemory * seconds
      computeJoules = left * forCompute * seconds
      floorJoules = left * (power.kernelFloorPower - power.idlePower) * seconds
      shippedClock = power.shippedClock(computing: forCompute)
      shippedOperationEnergy = owner.clock.operationEnergy(at: shippedClock)
    }

    @inline(__always)
    func seconds(at clock: Double) -> Double {
      let arithmetic = compute * shippedClock / clock
      let traffic = memory * owner.clock.memoryTime(at: clock)
      return shippedSeconds - overlapped
        + (arithmetic * arithmetic + traffic * traffic).squareRoot()
    }

    @inline(__always)
    func joules(at clock: Double, over seconds: Double) -> Double {
      let energy = owner.clock.operationEnergy(at: clock) / shippedOperationEnergy
      let share = owner.clock.memoryShare
      let cycles = clock * seconds / (shippedClock * shippedSeconds)
      return owner.power.idlePower * seconds + floorJoules * cycles * energy
        + memoryJoules * (share + (1 - share) * cycles * energy) + computeJoules * energy
    }

    @inline(__always)
    func watts(at clock: Double) -> Double {
      let time = seconds(at: clock)
      return joules(at: clock, over: time) / time
    }

    /// The clock at which it draws `watts`, `highest` drawing more; the lowest there is where
    /// even that draws more.
    func clock(drawing watts: Double, below highest: Double) -> Double {
      ClockedPhases.root(between: owner.leastClock, and: highest) { clock in
        let time = seconds(at: clock)
        return joules(at: clock, over: time) - watts * time
      }
    }
  }

  /// Where a rising function crosses 0, to the last bits: false position with the stale end
  /// halved (Illinois), within a bounded number of steps. `low` where it is positive throughout.
  @inline(__always)
  static func root(
    between low: Double, and high: Double, of function: (Double) -> Double
  ) -> Double {
    var (a, b) = (low, high)
    var (atA, atB) = (function(a), function(b))
    guard atA < 0 else { return a }
    guard atB > 0 else { return b }
    for _ in 0..<60 {
      let c = (a * atB - b * atA) / (atB - atA)
      let atC = function(c)
      if atC == 0 || abs(c - b) <= 4e-16 * b { return c }
      if atC * atB < 0 {
        (a, atA) = (b, atB)
      } else {
        atA /= 2
      }
      (b, atB) = (c, atC)
    }
    return b
  }
}

/// Phases of a fixed power as shipped, whose activity follows the clock.
private struct SteadyPhases {
  let power: PowerParameters
  let clock: ClockParameters
  let clockLimit: Double
  let cap: Double
  let leastClock: Double

  func watts(_ shipped: Double, at share: Double) -> Double {
    power.idlePower + (shipped - power.idlePower) * share * clock.operationEnergy(at: share)
  }

  func clock(drawing shipped: Double) -> Double {
    guard watts(shipped, at: clockLimit) > cap else { return clockLimit }
    return ClockedPhases.root(between: leastClock, and: clockLimit) { watts(shipped, at: $0) - cap }
  }
}
