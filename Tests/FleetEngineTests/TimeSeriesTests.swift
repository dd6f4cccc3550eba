import FleetEngine
import NumericalMethods
import Quantities
import TestSupport
import Testing

/// The time series, interval by interval.
struct TimeSeriesTests {
  private static let clockwork = ConstantIterationModel(
    duration: SimDuration(ticks: 10), energy: Energy(quanta: 1_000), idlePower: Power(quanta: 7))

  @Test func `everything that a run counts is in one interval of its series`() throws {
    // Round times: arrivals and ends fall on the bounds of intervals, the last one too.
    for interval in [Int128(5), 10, 20, 30, 35, 1_000] {
      var fleet = FleetConfiguration.single(Self.clockwork, replicas: 2)
      fleet.seriesInterval = SimDuration(ticks: interval)
      let run = try serve(
        queries(at: [0, 0, 10, 20, 35], promptTokens: [3, 4, 5, 6, 7]), on: fleet,
        answers: FixedAnswers(outputTokens: [4, 1, 2, 6, 3]))
      let intervals = run.observer.intervals
      #expect(intervals.reduce(0) { $0 + $1.arrivals } == 5, "interval of \(interval) ticks")
      #expect(intervals.reduce(0) { $0 + $1.completions } == 5, "interval of \(interval) ticks")
      #expect(intervals.reduce(0) { $0 + $1.outputTokens } == 16, "interval of \(interval) ticks")
      #expect(intervals.reduce(0) { $0 + $1.promptTokens } == 25, "interval of \(interval) ticks")
      #expect(intervals.reduce(Energy.zero) { $0 + $1.energy } == run.result.energy.gpu)
      #expect(intervals.last.map { $0.start + $0.duration } == run.result.end)
    }
  }

  @Test func `an interval draws the idle power and its part of the iterations`() throws {
    var fleet = FleetConfiguration.single(Self.clockwork)
    fleet.seriesInterval = SimDuration(ticks: 8)
    let run = try serve(
      queries(at: [4], promptTokens: [3]), on: fleet, answers: FixedAnswers(outputTokens: [2]))
    // Idle until 4, then two iterations of 100 quanta a tick until 24.
    #expect(run.observer.intervals.map(\.energy.quanta) == [4 * 7 + 400, 800, 800])
    #expect(
      run.observer.intervals.map(\.energyByPool)
        == [[428], [800], [800]].map {
          $0.map {
            Energy(quanta: $0)
          }
        })
    #expect(run.observer.intervals.map(\.arrivals) == [1, 0, 0])
  }

  @Test func `an iteration that spans many intervals draws constant power over them`() throws {
    let device = ConstantIterationModel(
      duration: SimDuration(ticks: 1_000), energy: Energy(quanta: 12_345))
    var fleet = FleetConfiguration.single(device)
    fleet.seriesInterval = SimDuration(ticks: 64)
    let run = try serve(
      queries(at: [0], promptTokens: [3]), on: fleet, answers: FixedAnswers(outputTokens: [1]))
    var drawn: Int128 = 0
    for interval in run.observer.intervals {
      drawn += interval.energy.quanta
      let end = interval.start + interval.duration
      #expect(drawn == 12_345 * end.ticks / 1_000)
    }
    #expect(run.observer.intervals.count == 16)
    #expect(drawn == 12_345)
  }
}
