internal import DeviceModels
internal import Foundation
internal import NumericalMethods
internal import Scenarios

/// Fits how the voltage follows the clock to published answers to lower clocks and caps.
///
/// The clocks are LLaMA's at the best energy-delay product on three GPUs: steady power there over
/// that at the highest clock, above static power `f·V(f)²`. The cap is GPT-J's, computing: its
/// throughput is the clock at which the same law meets the cap.
struct ClockFit {
  /// One published answer.
  struct Point {
    let name: String
    let gpu: String
    /// Clock over the highest; nil where a cap was set.
    let clockShare: Double?
    /// Power that the clock does not change, and power as shipped, W.
    let staticPower: Double
    let shippedPower: Double
    /// The cap, W; nil where a clock was set.
    let cap: Double?
    /// Power (clock) or throughput (cap) over that as shipped.
    let measured: Double

    func predicted(_ clock: ClockParameters) -> Double {
      let dynamic = shippedPower - staticPower
      guard let clockShare else {
        let left = ((cap ?? shippedPower) - staticPower) / dynamic
        return ClockFit.clock(of: left, clock)
      }
      return (staticPower + dynamic * clockShare * clock.operationEnergy(at: clockShare))
        / shippedPower
    }
  }

  let points: [Point]
  let clock: ClockParameters
  let fit: PositiveFit
  /// Lowest clocks measured, over the highest, by the GPU's name.
  let leastClockShares: [String: Double]
  /// The GPU whose answer to a cap was measured, and the cap over its limit.
  let capped: (gpu: String, share: Double)

  init(dataFolder: URL, catalog: DeviceCatalog, settings: DeviceFitSettings) throws {
    let optima = try Self.optima(dataFolder.appending(path: Self.file))
    let node = settings.node
    let limit = try catalog.gpu(named: node.gpu).thermalDesignPower
    let cap = Point(
      name: "throughput of GPT-J at \(FiveDigits.text(node.gptjCap)) W", gpu: node.gpu,
      clockShare: nil, staticPower: node.idleGPUPower,
      shippedPower: settings.capShare.value * limit, cap: settings.capShare.value * node.gptjCap,
      measured: settings.clockResponse.gptjThroughput)
    let points = try optima.map { try $0.point(settings) } + [cap]
    let response = settings.clockResponse
    var clock = ClockParameters(
      voltageOffset: 0, memoryShare: response.memoryShare.value,
      memoryKnee: response.memoryKnee.value, kneeBend: response.kneeBend.value)
    let fit = try PositiveFit(
      start: [0.5], measured: points.map(\.measured), lossScale: settings.lossScale
    ) { values, output in
      clock.voltageOffset = min(values[0], 1)
      for i in output.indices { output[i] = points[i].predicted(clock) }
    }
    clock.voltageOffset = fit.parameters[0]
    self.points = points
    self.clock = clock
    self.fit = fit
    capped = (node.gpu, node.gptjCap / limit)
    leastClockShares = Dictionary(
      points.compactMap { point in point.clockShare.map { (point.gpu, $0) } },
      uniquingKeysWith: { min($0, $1) })
  }

  static let file = "energy/dvfs-edp/edp_optimization_results.json"
  static let source =
    "LLaMA at the clock of least energy-delay product on A100, H100 and V100 (dvfs-edp, MIT) and "
    + "GPT-J at half the power limit of H200 (MLPerf v4.1)"

  /// The clock at which `f·V(f)²` is `left`, by bisection: it rises from 0 to 1.
  private static func clock(of left: Double, _ parameters: ClockParameters) -> Double {
    var range = 0.0...1.0
    for _ in 0..<50 {
      let middle = (range.lowerBound + range.upperBound) / 2
      if middle * parameters.operationEnergy(at: middle) < left {
        range = middle...range.upperBound
      } else {
        range = range.lowerBound...middle
      }
    }
    return range.lowerBound
  }

  private static func optima(_ url: URL) throws -> [Optimum] {
    guard let data = try? Data(contentsOf: url) else {
      throw InputError(file: url.path, problem: "no such file", expectation: "clock optima")
    }
    let rows = try JSONDecoder().decode([Optimum].self, from: data)
    return rows.filter { $0.workload == "llama" }.sorted { $0.gpu < $1.gpu }
  }
}

/// One row of dvfs-edp: energy and time at the clock of the least energy-delay product.
private struct Optimum: Decodable {
  let gpu: String
  let workload: String
  let maximumClock: Double
  let clock: Double
  let joules: Double
  let seconds: Double
  /// Percent of the energy at the highest clock.
  let savings: Double
  /// Percent of the time at the highest clock, negative where it is less.
  let timeChange: Double

  enum CodingKeys: String, CodingKey {
    case gpu, workload
    case maximumClock = "max_frequency_mhz"
    case clock = "optimal_frequency_edp_mhz"
    case joules = "optimal_energy_edp_joules"
    case seconds = "optimal_timing_edp_seconds"
    case savings = "energy_savings_edp_percent"
    case timeChange = "performance_vs_max_edp_percent"
  }

  func point(_ settings: DeviceFitSettings) throws -> ClockFit.Point {
    let names = ["A100": "a100-sxm-80gb", "H100": "h100-sxm"]
    let name = names[gpu] ?? gpu.lowercased()
    let watts = joules / seconds
    let shippedWatts = joules / (1 - savings / 100) / (seconds / (1 + timeChange / 100))
    return ClockFit.Point(
      name: "power of LLaMA at \(FiveDigits.text(clock)) of \(FiveDigits.text(maximumClock)) MHz",
      gpu: name, clockShare: clock / maximumClock,
      staticPower: settings.idlePower[name]?.value ?? settings.clockResponse.idleV100,
      shippedPower: shippedWatts, cap: nil, measured: watts / shippedWatts)
  }
}
