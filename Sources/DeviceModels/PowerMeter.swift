/// What a power sensor shows of a power that changes: a trailing mean, perhaps of a part of the
/// time only. For comparing a simulated power with a log of a real one.
public struct PowerMeter: Hashable, Sendable {
  /// Power that holds from `seconds` on, until the next one's.
  public struct Step: Hashable, Sendable {
    public var seconds: Double
    public var watts: Double

    public init(seconds: Double, watts: Double) {
      self.seconds = seconds
      self.watts = watts
    }
  }

  /// As in files: lower case, hyphens.
  public var name: String
  public var title: String
  /// Length of the trailing mean, s.
  public var averagingSeconds: Double
  /// The sensor looks once in a period, over `sampledShare` of it, at the period's end.
  public var samplingPeriod: Double
  /// Greater than 0, at most 1: then the period does not matter.
  public var sampledShare: Double

  public init(
    name: String, title: String, averagingSeconds: Double, samplingPeriod: Double,
    sampledShare: Double
  ) {
    precondition(averagingSeconds > 0 && samplingPeriod > 0, "a meter that averages over nothing")
    precondition(sampledShare > 0 && sampledShare <= 1, "sampled share \(sampledShare)")
    self.name = name
    self.title = title
    self.averagingSeconds = averagingSeconds
    self.samplingPeriod = samplingPeriod
    self.sampledShare = sampledShare
  }

  /// The reading at `time` of a power in steps, ascending in time and not empty; before the first
  /// step its power holds. Periods begin at time 0.
  ///
  /// Where nothing was sampled within the mean's length, the last sample before it shows.
  public func reading(at time: Double, of steps: [Step]) -> Double {
    precondition(!steps.isEmpty, "a power of no steps")
    let start = time - averagingSeconds
    guard sampledShare < 1 else {
      return Self.joules(from: start, to: time, steps) / averagingSeconds
    }
    let first = (start / samplingPeriod).rounded(.down)
    let last = (time / samplingPeriod).rounded(.down)
    var (joules, seconds) = (0.0, 0.0)
    for period in stride(from: first, through: last, by: 1) {
      let end = (period + 1) * samplingPeriod
      let (from, to) = (max(start, end - sampledShare * samplingPeriod), min(time, end))
      guard to > from else { continue }
      joules += Self.joules(from: from, to: to, steps)
      seconds += to - from
    }
    guard seconds > 0 else {
      let end = last * samplingPeriod
      let length = sampledShare * samplingPeriod
      return Self.joules(from: end - length, to: end, steps) / length
    }
    return joules / seconds
  }

  /// The readings at the multiples of `interval` from 0 to `end`.
  public func readings(every interval: Double, until end: Double, of steps: [Step]) -> [Step] {
    precondition(interval > 0, "readings every \(interval) s")
    return (0...Int((end / interval).rounded(.down))).map { number in
      let time = Double(number) * interval
      return Step(seconds: time, watts: reading(at: time, of: steps))
    }
  }

  private static func joules(from start: Double, to end: Double, _ steps: [Step]) -> Double {
    var index = holding(start, steps)
    var (joules, time) = (0.0, start)
    while time < end {
      let next = index + 1 < steps.count ? min(end, steps[index + 1].seconds) : end
      joules += steps[index].watts * max(0, next - time)
      time = max(time, next)
      index += 1
    }
    return joules
  }

  /// Index of the last step at or before `time`, or the first of all.
  private static func holding(_ time: Double, _ steps: [Step]) -> Int {
    var (low, high) = (0, steps.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if steps[middle].seconds <= time { low = middle } else { high = middle }
    }
    return low
  }
}
