import DeviceModels
import Scenarios
import Testing

@Suite struct PowerMeterTests {
  /// From 100 to 300 W at time 0.
  static let step = [
    PowerMeter.Step(seconds: -10, watts: 100), PowerMeter.Step(seconds: 0, watts: 300),
  ]

  @Test(arguments: [(-1.0, 100.0), (0, 100), (0.25, 150), (0.5, 200), (1, 300), (7, 300)])
  func `a second's mean rises in a line over the second after a step`(
    time: Double, watts: Double
  ) throws {
    let meter = try #require(try Shipped.catalog().meters.first { $0.name == "nvml-average" })
    #expect(abs(meter.reading(at: time, of: Self.step) - watts) < 1e-9)
  }

  /// Of every 100 ms the last 25 count. At 87.5 ms half a window has seen 300 W, and nine whole
  /// ones and a half have seen 100; before 75 ms none has.
  @Test(arguments: [
    (0.05, 100.0), (0.075, 100), (0.0875, 110), (0.1, 120), (0.5, 200), (1, 300),
  ])
  func `a sensor that looks on a quarter of the time sees a step late`(
    time: Double, watts: Double
  ) throws {
    let name = "nvml-average-sampled"
    let meter = try #require(try Shipped.catalog().meters.first { $0.name == name })
    #expect(abs(meter.reading(at: time, of: Self.step) - watts) < 1e-9)
  }

  @Test func `a pulse between two looks is never seen, and one at a look counts fourfold`() throws {
    let name = "nvml-average-sampled"
    let meter = try #require(try Shipped.catalog().meters.first { $0.name == name })
    func pulse(_ start: Double) -> [PowerMeter.Step] {
      [
        PowerMeter.Step(seconds: 0, watts: 100), PowerMeter.Step(seconds: start, watts: 500),
        PowerMeter.Step(seconds: start + 0.025, watts: 100),
      ]
    }
    #expect(abs(meter.reading(at: 3, of: pulse(2.52)) - 100) < 1e-9)
    // 25 of 1,000 ms at 400 W more are 10 W in the mean; seen fourfold, 40.
    #expect(abs(meter.reading(at: 3, of: pulse(2.575)) - 140) < 1e-9)
  }

  @Test func `readings of a constant power are that power`() {
    let meter = PowerMeter(
      name: "m", title: "m", averagingSeconds: 0.7, samplingPeriod: 0.3, sampledShare: 0.4)
    let steps = [PowerMeter.Step(seconds: 0.2, watts: 42)]
    let readings = meter.readings(every: 0.1, until: 2, of: steps)
    #expect(readings.count == 21)
    #expect(readings.allSatisfy { abs($0.watts - 42) < 1e-9 })
  }

  @Test func `a mean shorter than the gap between looks shows the last look`() {
    let meter = PowerMeter(
      name: "m", title: "m", averagingSeconds: 0.05, samplingPeriod: 1, sampledShare: 0.1)
    #expect(meter.reading(at: 0.5, of: Self.step) == 100)
    #expect(abs(meter.reading(at: 1.5, of: Self.step) - 300) < 1e-9)
  }
}
