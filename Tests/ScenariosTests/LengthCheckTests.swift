import Quantities
import Scenarios
import Testing
import Workloads

/// The error of a scenario with this workload and measurement; nil if it is valid.
private func failure(_ workload: String, _ measurement: String = "{}") -> InputError? {
  let text = """
    seed: 1
    workload:
      tasks: [{name: chat, prompt: 20, output: 5}]
    \(workload.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
    fleet:
      pools:
        - {name: small, model: qwen2.5-7b, gpu: h100-sxm, replicas: 2}
        - {name: large, model: qwen2.5-32b, gpu: h100-sxm, replicas: 3}
    arms:
      - {name: small, model: qwen2.5-7b, strategy: direct}
      - {name: large, model: qwen2.5-32b, strategy: direct}
    policies: [{name: only, choose: {arm: small}}]
    measurement: \(measurement)
    """
  do {
    _ = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
    return nil
  } catch {
    return error as? InputError
  }
}

@Test func `a closed loop needs requests for the largest single arm too`() {
  let arrivals = "arrivals: {process: closed-loop, concurrency: 10}"
  // The policy deploys two replicas, the arm that compare adds three.
  let error = failure("requests: 59\n" + arrivals)
  #expect(error?.expectation?.hasPrefix("at least 60") == true)
  #expect(error?.keyPath == "workload")
  #expect(failure("requests: 60\n" + arrivals) == nil)
}

@Test(arguments: ["1e-300", "1e-11", "0", "9.9e-7"])
func `a rate that is next to nothing is refused`(rate: String) {
  let error = failure("requests: 5\narrivals: {process: poisson, rate: \(rate)}")
  #expect(error?.problem == "rate is \(rate)")
}

@Test func `a factor of the day is zero or large enough`() {
  func profile(_ first: String) -> InputError? {
    let factors = ([first] + [String](repeating: "0", count: 22) + ["1"]).joined(separator: ", ")
    return failure(
      "duration: 1 h\narrivals: {process: poisson, rate: 1}\ndaily_profile: [\(factors)]")
  }
  #expect(profile("1e-310")?.problem == "daily_profile[0] is 1e-310")
  #expect(profile("1e-6") == nil && profile("0") == nil)
}

@Test func `a time series of too many intervals is refused at its interval`() {
  let arrivals = "arrivals: {process: poisson, rate: 0.01}"
  let error = failure("requests: 200000\n" + arrivals)
  #expect(error?.problem.contains("series_interval of 1 s") == true)
  #expect(error?.line == 14)  // the measurement
  // As many queries again, by a second way to say how long, and with a wider interval.
  let long = failure("duration: 20000000 s\n" + arrivals, "{series_interval: 1500 ms}")
  #expect(long?.problem.contains("series_interval of 1.5 s") == true)
  #expect(failure("requests: 200000\n" + arrivals, "{series_interval: 1 min}") == nil)
  #expect(failure("requests: 99000\n" + arrivals) == nil)
}

@Test func `a run of more than a hundred years is refused`() {
  let arrivals = "arrivals: {process: poisson, rate: 1e-6}"
  let error = failure("requests: 4000\n" + arrivals, "{series_interval: 1 d}")
  #expect(error?.problem == "the queries would take more than 100 years to arrive")
  #expect(failure("requests: 3000\n" + arrivals, "{series_interval: 1 d}") == nil)
  let duration = failure("duration: 36600 d\narrivals: {process: poisson, rate: 1}")
  #expect(duration?.problem == "duration is \"36600 d\"")
}

@Test func `a query that comes too late by chance is an error of the stream`() throws {
  let text = """
    seed: 1
    workload:
      requests: 300
      arrivals: {process: gamma, rate: 0.9, cv: 100}
      tasks: [{name: chat, prompt: 20, output: 5}]
    fleet: {pools: [{name: p, model: qwen2.5-7b, gpu: h100-sxm, replicas: 1}]}
    arms: [{name: a, model: qwen2.5-7b, strategy: direct}]
    policies: [{name: b, choose: {arm: a}}]
    measurement: {series_interval: 1 ms}
    """
  var late = 0
  for seed in 0..<40 as Range<UInt64> {
    let scenario = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog, seed: seed)
    var source = try scenario.makeSource()
    do {
      while let query = try source.next() { #expect(query.arrival.seconds <= 10_000) }
    } catch let error as InputError {
      #expect(error.expectation?.contains("a longer series_interval") == true)
      late += 1
    }
  }
  #expect(late > 0)
}
