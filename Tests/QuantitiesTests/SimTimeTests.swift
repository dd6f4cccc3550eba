import Quantities
import Testing

struct SimTimeTests {
  @Test func `a second is exactly 1024 times 10 to the 12 ticks`() {
    #expect(SimDuration(rounding: 1).ticks == 1_024_000_000_000_000)
    #expect(SimDuration(nanoseconds: 1_000_000_000) == SimDuration(rounding: 1))
    #expect(SimDuration(nanoseconds: 1).ticks == 1_024_000)
    #expect(SimDuration(rounding: 2.5).milliseconds == 2500)
  }

  @Test(arguments: [0, 1, -1, 999, 1_234_567_891, -7_000_000_003, .max, .min] as [Int64])
  func `nanoseconds survive the way there and back`(nanoseconds: Int64) {
    #expect(SimDuration(nanoseconds: nanoseconds).nanoseconds == nanoseconds)
    #expect(SimTime(nanoseconds: nanoseconds).nanoseconds == nanoseconds)
  }

  @Test(
    arguments: [
      (511_999, 0), (512_000, 1), (1_024_000, 1), (1_535_999, 1), (1_536_000, 2),
      (-511_999, 0), (-512_000, -1), (-1_535_999, -1), (-1_536_000, -2),
    ] as [(Int128, Int64)])
  func `half a nanosecond rounds away from zero`(ticks: Int128, nanoseconds: Int64) {
    #expect(SimDuration(ticks: ticks).nanoseconds == nanoseconds)
  }

  @Test(arguments: [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2), (0.75, 1)])
  func `half a tick rounds to even`(ticks: Double, expected: Int) {
    #expect(SimDuration(rounding: ticks / SimDuration.ticksPerSecond).ticks == Int128(expected))
  }

  @Test(arguments: [0, 1, 0.125, 3.0.squareRoot(), 7.999999999, 1e-9, -0.3])
  func `seconds come back within half a tick`(seconds: Double) {
    let error = abs(SimDuration(rounding: seconds).seconds - seconds)
    #expect(error <= 0.5 / SimDuration.ticksPerSecond + seconds.ulp)
  }

  /// In floating point the order shows: 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1.
  @Test func `the order of addition never shows`() {
    let parts = [0.1, 0.2, 0.3, 1e6, 1e-12].map { SimDuration(rounding: $0) }
    let forth = parts.reduce(SimDuration.zero, +)
    let back = parts.reversed().reduce(SimDuration.zero, +)
    #expect(forth == back)
    #expect(parts.reduce(forth, -) == .zero)
  }

  @Test func `instants and durations add and compare as on a line`() {
    var now = SimTime.zero + SimDuration(nanoseconds: 5)
    now = now + SimDuration(nanoseconds: -2)
    #expect(now == SimTime(nanoseconds: 3))
    #expect(now - SimTime(nanoseconds: 10) == SimDuration(nanoseconds: -7))
    #expect(SimTime(nanoseconds: -1) < .zero && SimTime(nanoseconds: .max) < .never)
    #expect(now.sinceStart.seconds == 3e-9)
  }

  @Test func `a duration that is no number stops the program`() async {
    await #expect(processExitsWith: .failure) { _ = SimDuration(rounding: .nan) }
    await #expect(processExitsWith: .failure) { _ = SimTime(rounding: .infinity) }
  }
}
