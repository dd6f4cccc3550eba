public import Quantities

/// Finds the tick of the clock that stamped a trace: the longest common interval on which all times
/// lie.
public struct ClockTick: Sendable {
  /// The intervals that are looked for, in seconds; stamps may be off by `tolerance`.
  private static let candidates: [Double] = [
    0.1, 0.2, 0.25, 0.5, 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60,
  ]
  private static let tolerance = SimDuration(rounding: 0.005)
  /// Fewer different times say nothing.
  private static let leastTimes = 10

  /// Those that have fitted so far, the shortest first.
  private var fitting = candidates.map { SimDuration(rounding: $0) }
  private var last: SimTime?
  private var timeCount = 0

  public init() {}

  public mutating func record(_ time: SimTime) {
    guard time != last else { return }
    last = time
    timeCount += 1
    guard !fitting.isEmpty else { return }
    fitting.removeAll { tick in
      let offset = time.ticks - Self.index(of: time, in: tick) * tick.ticks
      return abs(offset) > Self.tolerance.ticks
    }
  }

  /// Nil where the clock is finer than 0.1 s, or too little was seen of it.
  public var tick: SimDuration? { timeCount < Self.leastTimes ? nil : fitting.last }

  /// Which tick a time belongs to: the nearest.
  static func index(of time: SimTime, in tick: SimDuration) -> Int128 {
    let half = tick.ticks / 2
    return (time.ticks + (time.ticks < 0 ? -half : half)) / tick.ticks
  }
}
