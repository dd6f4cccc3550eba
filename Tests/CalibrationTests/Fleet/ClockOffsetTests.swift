import Foundation
import Scenarios
import Testing

@testable import Calibration

/// Two clocks are laid beside each other by what the requests must have drawn.
@Suite struct ClockOffsetTests {
  static let settings = Result {
    try FleetFitSettings(calibrationFolder: LogFixtures.catalog().folder)
  }

  /// Busy from `start` for the lengths given, idle for as long between.
  static func expected(_ start: Double, _ lengths: [Double]) -> StepFunction {
    var time = start
    var steps: [(time: Double, value: Double)] = []
    for length in lengths {
      steps.append((time, 500))
      steps.append((time + length, 100))
      time += 2 * length
    }
    return StepFunction(steps, outside: 100)
  }

  /// Ten samples a second of half the expected power, on a clock ahead by `offset`.
  static func power(
    _ expected: StepFunction, offset: Double, before: Double, after: Double
  ) throws -> PowerLog {
    var series = PowerSeries(name: "0", gpuTitle: nil, clock: .local)
    let step = 0.1
    for index in 0..<Int((expected.end - expected.start + before + after) / step) {
      let time = expected.start - before + Double(index) * step
      let noise = 4 * sin(Double(index) * 12.9898)
      let watts = 50 + 0.5 * expected.mean(from: time - step, to: time) + noise
      _ = series.append(watts: watts, at: time + offset)
    }
    return try PowerLog(place: LogPlace(file: "power.csv"), series: [series])
  }

  static func match(
    _ lengths: [Double], before: Double = 20, after: Double = 30, search: ClockMatch.Search
  ) throws -> ClockOffset {
    let expected = expected(1000, lengths)
    let power = try power(expected, offset: 54_321.7, before: before, after: after)
    return try ClockMatch(power: power, expected: expected, settings: settings.get())
      .offset(search)
  }

  @Test func `an uneven load is found anywhere in the log`() throws {
    let offset = try Self.match([10, 4, 17, 7], search: .everywhere)
    #expect(abs(offset.seconds - 54_321.7) < 0.3)
    #expect((offset.correlation ?? 0) > 0.95)
    #expect((offset.uncertainty ?? 99) < 0.5)
  }

  @Test func `a known date narrows the search`() throws {
    let offset = try Self.match([10, 4, 17, 7], search: .around([54_320]))
    #expect(abs(offset.seconds - 54_321.7) < 0.3)
    #expect(throws: InputError.self) {
      try Self.match([10, 4, 17, 7], search: .around([54_200]))
    }
  }

  @Test func `a load that repeats itself is refused as ambiguous`() throws {
    // The log holds six equal bursts, the requests two of them.
    let six = Self.expected(1000, [5, 5, 5, 5, 5, 5])
    let power = try Self.power(six, offset: 100, before: 20, after: 20)
    let two = Self.expected(1000, [5, 5])
    let error = #expect(throws: InputError.self) {
      try ClockMatch(power: power, expected: two, settings: Self.settings.get())
        .offset(.everywhere)
    }
    let text = "\(try #require(error))"
    #expect(text.contains("as well"))
    #expect(text.contains("idle seconds before and after"))
  }

  @Test func `power that does not follow the requests is no match`() throws {
    let expected = Self.expected(1000, [10, 4, 17, 7])
    let flat = StepFunction([(900, 300), (1200, 300)], outside: 300)
    let power = try Self.power(flat, offset: 0, before: 0, after: 0)
    let error = #expect(throws: InputError.self) {
      try ClockMatch(power: power, expected: expected, settings: Self.settings.get())
        .offset(.everywhere)
    }
    #expect(error?.problem.contains("does not follow") == true)
  }

  @Test func `a log shorter than the run says so`() throws {
    let expected = Self.expected(1000, [30, 30])
    let short = try Self.power(Self.expected(1000, [5]), offset: 0, before: 1, after: 1)
    let error = #expect(throws: InputError.self) {
      try ClockMatch(power: short, expected: expected, settings: Self.settings.get())
        .offset(.everywhere)
    }
    #expect(error?.problem.contains("shorter") == true)
  }
}
