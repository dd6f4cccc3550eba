internal import NumericalMethods
internal import Quantities

/// A trace without arrival times, whose entries start as a Poisson process.
struct StartedTrace: TraceReader {
  private var base: any TraceReader
  private let gaps: ExponentialDistribution
  private let stream: RandomStream
  private var count: UInt64 = 0
  private var seconds = 0.0

  init(_ base: any TraceReader, perSecond rate: Double, seed: UInt64) {
    self.base = base
    gaps = ExponentialDistribution(mean: 1 / rate)
    stream = RandomStream(seed: seed, purpose: "start of a session")
  }

  func count(into tally: inout TraceTally) { base.count(into: &tally) }

  mutating func read(into entry: inout TraceEntry) throws -> Bool {
    guard try base.read(into: &entry) else { return false }
    guard entry.time == nil else {
      throw TraceError(
        line: entry.line, column: nil, problem: "the trace has arrival times of its own",
        expectation: "no sessions_per_second")
    }
    seconds += gaps.quantile(stream.uniform(id: count))
    count += 1
    entry.time = SimTime(nanoseconds: SimTime(rounding: seconds).nanoseconds)
    return true
  }
}
