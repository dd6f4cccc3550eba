internal import NumericalMethods
internal import Quantities

/// The instants of an arrival process, one after another, numbered from 0.
///
/// The gap before an arrival is a function of (seed, its number).
struct ArrivalClock: Sendable {
  private let process: ArrivalProcess
  private let gaps: DrawLaw?
  private let gapAtStart: DrawLaw?
  private let duration: SimDuration?
  private let durationSeconds: Double
  private let limit: Int?
  private let gapStream: RandomStream
  private let startStream: RandomStream
  private var nextNumber: UInt64 = 0
  /// Sum of the gaps so far: the expected number of arrivals up to the last one.
  private var expectedCount = 0.0
  private var lastArrival = SimTime.zero

  /// Nothing arrives at `duration` or later, nor more often than `limit`.
  init(_ process: ArrivalProcess, duration: SimDuration?, limit: Int?, seed: UInt64) {
    self.process = process
    gaps = process.gaps.map(DrawLaw.init)
    gapAtStart = process.gapAtStart.map(DrawLaw.init)
    self.duration = duration
    durationSeconds = duration?.seconds ?? .infinity
    self.limit = limit
    gapStream = RandomStream(seed: seed, purpose: "arrival gap")
    startStream = RandomStream(seed: seed, purpose: "start within the first gap")
  }

  /// Throws a `WorkloadError` where the next arrival would be after
  /// `SyntheticSource.longestSeconds`.
  mutating func next() throws -> (number: UInt64, time: SimTime)? {
    let number = nextNumber
    if let limit, number >= limit { return nil }
    expectedCount += gap(before: number)
    let seconds = process.seconds(atExpectedCount: expectedCount)
    if duration != nil, seconds >= durationSeconds { return nil }
    guard seconds <= SyntheticSource.longestSeconds else {
      throw WorkloadError(
        problem: "query \(number) would arrive more than 100 years after the first moment",
        expectation: "a higher rate, or a duration")
    }
    // Rounding within the inverse could otherwise put two near arrivals in the wrong order.
    let time = max(lastArrival, SimTime(rounding: seconds))
    if let duration, time.sinceStart >= duration { return nil }
    (nextNumber, lastArrival) = (number + 1, time)
    return (number, time)
  }

  /// The expected number of arrivals between an arrival and the one before it, or time 0.
  private func gap(before number: UInt64) -> Double {
    guard let gaps else { return 0 }
    let uniform = gapStream.uniform(id: number)
    guard number == 0, let gapAtStart else { return gaps.quantile(uniform) }
    return startStream.uniform(id: 0) * gapAtStart.quantile(uniform)
  }
}
