import NumericalMethods
import Quantities
import Testing
import Workloads

/// The queries of a synthetic workload, to its end.
func queries(_ workload: SyntheticWorkload, seed: UInt64 = 1) -> [Query] {
  var source = SyntheticSource(workload, seed: seed)
  var queries: [Query] = []
  do {
    while let query = try source.next() { queries.append(query) }
  } catch {
    Issue.record(error)
  }
  return queries
}

/// One task of exact lengths.
let plainTasks = [
  SyntheticWorkload.Task(
    mixPart: .init(task: 0, weight: 1), promptTokens: .exactly(100), outputTokens: .exactly(20))
]

func arrivals(
  _ process: ArrivalProcess, duration: SimDuration? = nil, limit: Int? = nil, seed: UInt64 = 1
) -> [Double] {
  queries(
    SyntheticWorkload(
      arrivals: process, tasks: plainTasks, duration: duration, queryLimit: limit), seed: seed
  ).map(\.arrival.seconds)
}

/// Arrivals against theory; a right generator fails |z| < 4 once in 16,000 seeds.
struct ArrivalTests {
  private func gaps(_ arrivals: [Double]) -> [Double] {
    zip(arrivals, [0] + arrivals).map { $0 - $1 }
  }

  /// z-scores of mean and variance of gaps that are gamma distributed.
  private func scores(_ gaps: some Collection<Double>, mean: Double, cv: Double) -> (
    mean: Double, variance: Double
  ) {
    let n = Double(gaps.count)
    let variance = mean * mean * cv * cv
    let sampleMean = gaps.reduce(0, +) / n
    let sampleVariance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let fourthMoment = variance * variance * (3 + 6 * cv * cv)  // kurtosis 3 + 6/shape
    return (
      (sampleMean - mean) / (variance / n).squareRoot(),
      (sampleVariance - variance) / ((fourthMoment - variance * variance) / n).squareRoot()
    )
  }

  @Test func `Poisson gaps have mean and variance of the exponential law`() {
    let gaps = gaps(arrivals(.poisson(rate: 25), limit: 100_000))
    let z = scores(gaps, mean: 1.0 / 25, cv: 1)
    #expect(abs(z.mean) < 4 && abs(z.variance) < 4)
    let pairs = zip(gaps, gaps.dropFirst()).map { ($0 * 25 - 1) * ($1 * 25 - 1) }
    #expect(abs(pairs.reduce(0, +) / Double(pairs.count).squareRoot()) < 4)
  }

  @Test func `Poisson counts of a second vary as much as their mean`() {
    var counts = [Double](repeating: 0, count: 20_000)
    for arrival in arrivals(.poisson(rate: 4), duration: SimDuration(rounding: 20_000)) {
      counts[Int(arrival)] += 1
    }
    let dispersion = counts.reduce(0) { $0 + ($1 - 4) * ($1 - 4) } / 4 / 20_000
    // Var of ((N - m)²/m) is 2 + 1/m.
    #expect(abs(dispersion - 1) < 4 * (2.25 / 20_000).squareRoot())
  }

  @Test(arguments: [0.1, 0.5, 2, 6])
  func `gamma gaps have the mean and coefficient of variation asked for`(cv: Double) {
    // The first gap has a law of its own.
    let gaps = gaps(arrivals(.gamma(rate: 0.5, coefficientOfVariation: cv), limit: 100_000))
      .dropFirst()
    let z = scores(gaps, mean: 2, cv: cv)
    #expect(abs(z.mean) < 4 && abs(z.variance) < 4)
  }

  @Test(arguments: [0.2, 2, 5])
  func `bursts or not, the expected number of arrivals is rate times time`(cv: Double) {
    let process = ArrivalProcess.gamma(rate: 1, coefficientOfVariation: cv)
    let counts = (0..<4000 as Range<UInt64>).map { seed in
      Double(arrivals(process, duration: SimDuration(rounding: 20), seed: seed).count)
    }
    let mean = counts.reduce(0, +) / 4000
    let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3999
    // Started at an arrival instead, the mean would be off by about (cv² - 1) / 2.
    #expect(abs(mean - 20) < 4 * (variance / 4000).squareRoot())
    #expect(abs((cv * cv - 1) / 2) > 4 * (variance / 4000).squareRoot())
  }

  @Test func `a query more than a hundred years away is an error, not a time`() throws {
    let day = [.leastNonzeroMagnitude] + [Double](repeating: 0, count: 23)
    let profile = try RateProfile(hourlyMultipliers: day)
    let processes: [ArrivalProcess] = [
      .poisson(rate: 1e-300), .gamma(rate: 1e-12, coefficientOfVariation: 100),
      .poisson(rate: 1, profile: profile),
    ]
    for process in processes {
      var source = SyntheticSource(
        SyntheticWorkload(arrivals: process, tasks: plainTasks, queryLimit: 5), seed: 1)
      #expect(throws: WorkloadError.self) { while try source.next() != nil {} }
    }
    let timed = SimDuration(rounding: 86_400)
    #expect(arrivals(.poisson(rate: 1e-300), duration: timed) == [])
  }

  static let day = (0..<24).map { hour in [0, 0.3, 1.5, 2.2][hour / 6] + Double(hour % 6) / 10 }

  @Test func `every hour of the day gets the rate of the profile`() throws {
    let profile = try RateProfile(hourlyMultipliers: Self.day)
    let days = 20.0
    var counts = [Double](repeating: 0, count: 24)
    for arrival in arrivals(
      .poisson(rate: 0.1, profile: profile), duration: SimDuration(rounding: days * 86_400))
    {
      counts[Int(arrival / 3600) % 24] += 1
    }
    #expect(counts[0] == 0)  // multiplier 0
    for hour in 1..<24 {
      let expected = days * 3600 * 0.1 * Self.day[hour]
      #expect(abs(counts[hour] - expected) < 4 * expected.squareRoot())
    }
  }

  @Test(arguments: [0.4, 1, 3])
  func `on the profile's clock the arrivals are those of a constant rate`(cv: Double) throws {
    let profile = try RateProfile(
      knots: RateProfileTests.knots([(0, 0.1), (30_000, 2), (60_000, 0)]))
    let start = 20_000.0
    let shaped = arrivals(
      .gamma(
        rate: 0.2, coefficientOfVariation: cv, profile: profile, profileStartSeconds: start),
      limit: 20_000)
    let even = arrivals(.gamma(rate: 0.2, coefficientOfVariation: cv), limit: 20_000)
    let offset = profile.rescaledTime(at: start)
    for (a, b) in zip(shaped, even) {
      #expect(abs(profile.rescaledTime(at: start + a) - offset - b) < 1e-6)
    }
    #expect(shaped.allSatisfy { $0 >= 0 } && shaped != even)
  }

  @Test func `arrivals end before the duration, at the limit, whichever is first`() {
    let minute = SimDuration(rounding: 60)
    let timed = arrivals(.poisson(rate: 10), duration: minute)
    let counted = arrivals(.poisson(rate: 10), limit: 100)
    #expect(timed.allSatisfy { $0 < 60 } && timed.count > 500 && timed.count < 700)
    #expect(counted.count == 100 && counted == Array(timed.prefix(100)))
    #expect(arrivals(.poisson(rate: 10), duration: minute, limit: 100) == counted)
    #expect(arrivals(.poisson(rate: 10), duration: minute, limit: 9999) == timed)
  }

  @Test func `without an arrival process all queries are there at once`() {
    #expect(arrivals(.atOnce, limit: 5) == [0, 0, 0, 0, 0])
  }
}
