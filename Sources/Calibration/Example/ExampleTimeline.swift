internal import FleetEngine
internal import NumericalMethods
internal import Quantities

/// Runs one after another on one clock, with idle time before, between and after them.
struct ExampleTimeline {
  /// Idle time, s.
  static let pause = 15.0
  /// Where the benchmark's monotonic clock stands when the power log begins, s.
  static let origin = 8000.0

  struct Placed {
    let simulated: SimulatedRun
    /// When the run begins, on the benchmark's clock, s.
    let start: Double
  }

  let runs: [Placed]
  /// Energy up to the end of each tenth of a second, from `origin` on, J.
  let joules: [Double]
  /// Length of a step of `joules`, s.
  static let step = 0.1

  init(_ simulated: [SimulatedRun], _ truth: ExampleTruth) {
    var runs: [Placed] = []
    var joules: [Double] = []
    func idle(_ seconds: Double) {
      let steps = Int((seconds / Self.step).rounded())
      joules.append(contentsOf: repeatElement(truth.idlePower * Self.step, count: steps))
    }
    idle(Self.pause)
    for one in simulated {
      runs.append(
        Placed(simulated: one, start: Self.origin + Double(joules.count) * Self.step))
      for interval in one.intervals {
        // The last interval of a run is shorter; what is left of it is idle.
        let rest = Self.step - interval.duration.seconds
        joules.append(interval.energy.joules + rest * truth.idlePower)
      }
      idle(Self.pause)
    }
    self.runs = runs
    var sum = 0.0
    self.joules = joules.map {
      sum += $0
      return sum
    }
  }

  var seconds: Double { Double(joules.count) * Self.step }

  /// Joules up to an instant that many steps after the beginning.
  func energy(_ steps: Int) -> Double { steps > 0 ? joules[min(steps, joules.count) - 1] : 0 }
}

/// Normal noise by position.
struct ExampleNoise {
  private let stream: RandomStream

  init(_ purpose: String) { stream = RandomStream(seed: 1, purpose: "example \(purpose)") }

  /// A factor around 1.
  func factor(_ spread: Double, _ id: Int, _ index: Int = 0) -> Double {
    let draw = stream.uniform(id: UInt64(id), index: UInt64(index))
    return max(0.01, 1 + spread * StandardNormal.quantile(draw))
  }
}
