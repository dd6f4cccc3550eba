import Testing
import Workloads

struct RateProfileTests {
  static func knots(_ pairs: [(Double, Double)]) -> [(seconds: Double, multiplier: Double)] {
    pairs.map { (seconds: $0.0, multiplier: $0.1) }
  }

  @Test func `steps integrate to rectangles, the last one through midnight`() throws {
    let profile = try RateProfile(
      knots: Self.knots([(10, 2), (30, 0.5)]), periodSeconds: 100)
    // 0.5 up to 10 s, 2 up to 30 s, 0.5 up to 100 s: 5 + 40 + 35.
    #expect(profile.periodSeconds == 100 && profile.meanMultiplier == 0.8)
    let expected = [(0, 0), (10, 5), (20, 25), (30, 45), (100, 80), (115, 95), (1010, 805)]
    for (seconds, area) in expected {
      #expect(abs(profile.rescaledTime(at: Double(seconds)) - Double(area)) < 1e-9)
      #expect(abs(profile.seconds(atRescaledTime: Double(area)) - Double(seconds)) < 1e-9)
    }
  }

  @Test func `the inverse undoes the integral`() throws {
    let profile = try RateProfile(
      knots: Self.knots([(0, 0.2), (7, 3), (20, 0), (50, 0), (80, 1), (99, 0)]),
      periodSeconds: 100)
    var last = -1.0
    for i in 0...30_000 {
      let area = Double(i) / 30_000 * 3 * 100 * profile.meanMultiplier
      let seconds = profile.seconds(atRescaledTime: area)
      #expect(seconds >= last)
      #expect(abs(profile.rescaledTime(at: seconds) - area) < 1e-11 * (1 + area))
      last = seconds
    }
  }

  @Test func `the constant profile leaves time as it is`() {
    for seconds in [0, 1e-9, 0.3, 86_400, 1e7] {
      #expect(abs(RateProfile.constant.rescaledTime(at: seconds) - seconds) <= 1e-15 * seconds)
      #expect(
        abs(RateProfile.constant.seconds(atRescaledTime: seconds) - seconds) <= 1e-15 * seconds)
    }
  }

  @Test(
    arguments: [
      ([], 100, "no knot"), ([(0, 1)], 0, "period"), ([(100, 1)], 100, "knot at 100.0 s"),
      ([(-1, 1)], 100, "knot at -1.0 s"), ([(0, -1)], 100, "multiplier -1.0"),
      ([(0, .nan)], 100, "multiplier nan"), ([(5, 1), (5, 2)], 100, "after one at 5.0 s"),
      ([(0, 0), (5, 0)], 100, "all 0"),
    ] as [([(Double, Double)], Double, String)])
  func `a profile that makes no sense is refused`(
    pairs: [(Double, Double)], period: Double, word: String
  ) {
    let error = #expect(throws: WorkloadError.self) {
      try RateProfile(knots: Self.knots(pairs), periodSeconds: period)
    }
    #expect(error?.problem.contains(word) == true)
  }

  @Test func `a day has twenty-four hourly multipliers`() {
    let error = #expect(throws: WorkloadError.self) {
      try RateProfile(hourlyMultipliers: [Double](repeating: 1, count: 23))
    }
    #expect(error?.description.contains("23") == true && error?.expectation == "24")
  }
}
