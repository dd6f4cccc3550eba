import DeviceModels
import Foundation
import Scenarios
import Testing

@testable import Calibration

/// Logs of the simulator's own engine under known numbers, and what a fit makes of them.
@Suite struct FleetFitTests {
  /// An example small enough for tests.
  static func plan() -> ExampleFleet.Plan {
    var plan = ExampleFleet.Plan()
    plan.benchmarks =
      [1, 2, 6, 16, 48].map {
        ExampleRun(model: "llama-3.1-8b", concurrency: $0, requests: 15 * $0 + 8)
      }
      + [1, 4, 12].map { ExampleRun(model: "qwen2.5-32b", concurrency: $0, requests: 8 * $0 + 8) }
    plan.scraped = [1, 6, 24].map {
      ExampleRun(model: "llama-3.1-8b", concurrency: $0, requests: 18 * $0 + 12)
    }
    return plan
  }

  /// Written once; all tests read it.
  static let logs: Result<URL, any Error> = Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "joulefleet-example-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try ExampleFleet(plan: plan(), catalog: LogFixtures.catalog()).write(to: folder)
    return folder
  }

  static func options(_ freedom: FleetFreedom = FleetFreedom()) -> FleetFitOptions {
    FleetFitOptions(defaults: FleetDefaults(gpu: "h100-sxm"), freedom: freedom)
  }

  static func truth() throws -> DeviceParameters {
    try DeviceFit.load(path: logs.get().appending(path: "truth.fit.yaml").path).parameters
  }

  static func fitted(_ report: FleetFitReport) throws -> DeviceFit {
    try LogFixtures.folder([("own.fit.yaml", report.fitText)]) {
      try DeviceFit.load(path: $0.appending(path: "own.fit.yaml").path)
    }
  }

  /// A number within three standard errors of what the logs were made with, and known well.
  static func expect(
    _ fit: DeviceFit, _ section: String, _ key: String, near truth: Double,
    within share: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let number = try #require(fit.measured[section]?[key], sourceLocation: sourceLocation)
    let error = try #require(number.standardError, sourceLocation: sourceLocation)
    #expect(
      abs(number.value - truth) <= 3 * error, "\(key) \(number.value) ± \(error), \(truth)",
      sourceLocation: sourceLocation)
    #expect(error <= share * truth, "\(key) ± \(error)", sourceLocation: sourceLocation)
  }

  @Test func `benchmarks and a power log on another clock give the numbers behind them`() throws {
    let report = try FleetCalibration.fit(
      dataFolder: Self.logs.get().appending(path: "benchmarks"), catalog: LogFixtures.catalog(),
      options: Self.options())
    let fit = try Self.fitted(report)
    let truth = try Self.truth()
    try Self.expect(
      fit, "engine", "time_per_iteration", near: truth.engine.timePerIteration, within: 0.5)
    try Self.expect(fit, "engine", "time_per_row", near: truth.engine.timePerRow, within: 0.5)
    try Self.expect(fit, "engine", "kernel_scale", near: truth.engine.kernelScale, within: 0.1)
    try Self.expect(fit, "power", "idle", near: truth.power.idlePower, within: 0.05)
    try Self.expect(fit, "power", "bandwidth", near: truth.power.bandwidthPower, within: 0.1)
    let overhead = try #require(fit.fleet?.clientOverhead)
    #expect(abs(overhead.value - 0.012) <= 3 * (overhead.standardError ?? 0))
    #expect(fit.fleet?.files.count == 9)
    #expect(fit.fleet?.keptBack.count == 2)
    #expect(fit.parameters.engineRange.decodeRows.lowerBound == 1)
    #expect(fit.parameters.engineRange.tensorParallelDegrees == 1...1)
    #expect(report.table.contains("Joules by phase"))
    #expect(report.table.contains("each batch size left out"))
  }

  @Test func `engine metrics and an energy counter alone give the same`() throws {
    let report = try FleetCalibration.fit(
      dataFolder: Self.logs.get().appending(path: "metrics"), catalog: LogFixtures.catalog(),
      options: Self.options())
    let fit = try Self.fitted(report)
    let truth = try Self.truth()
    try Self.expect(fit, "engine", "time_per_row", near: truth.engine.timePerRow, within: 0.6)
    try Self.expect(fit, "power", "idle", near: truth.power.idlePower, within: 0.05)
    // Kernels are a seventh slower than as kept: what is fitted makes up for it, and says so.
    for (section, key, value) in [
      ("engine", "time_per_iteration", truth.engine.timePerIteration),
      ("engine", "time_per_row", truth.engine.timePerRow),
      ("power", "bandwidth", truth.power.bandwidthPower),
    ] {
      let number = try #require(fit.measured[section]?[key])
      let error = try #require(number.standardError)
      #expect(abs(number.value - value) < 2 * error, "\(key)")
    }
    // One model leaves the kernels' scale as shipped; what it lacks goes to the iteration, so
    // that the times are right all the same.
    let shipped = try LogFixtures.catalog().devices.parameters(gpu: "h100-sxm").engine
    #expect(fit.measured["engine"]?["kernel_scale"]?.value == shipped.kernelScale)
    #expect(report.table.contains("kernel_scale as before: these logs do not tell it"))
    let replica = try LogFixtures.catalog().devices.replicaModel(
      gpu: "h100-sxm", model: "llama-3.1-8b")
    for rows in [1, 8, 24] {
      let shape = IterationShape(decodeRows: rows, decodeContextTokens: rows * 475)
      func seconds(_ parameters: DeviceParameters) throws -> Double {
        try RooflineReplicaModel(
          gpu: replica.gpu, model: replica.model, layout: replica.layout, parameters: parameters
        ).estimate(shape).seconds
      }
      #expect(try abs(seconds(fit.parameters) / seconds(truth) - 1) < 0.02)
    }
  }

  @Test func `a fit of the same logs is the same, byte for byte`() throws {
    func fit() throws -> FleetFitReport {
      try FleetCalibration.fit(
        dataFolder: Self.logs.get().appending(path: "metrics"), catalog: LogFixtures.catalog(),
        options: Self.options())
    }
    let (first, second) = (try fit(), try fit())
    #expect(first.fitText == second.fitText)
    #expect(first.table == second.table)
  }

  @Test func `the truth predicts its logs, and a fit is checked on what it did not see`() throws {
    let catalog = try LogFixtures.catalog()
    var options = Self.options()
    let folder = try Self.logs.get()
    options.fitPath = folder.appending(path: "truth.fit.yaml").path
    let check = try FleetCalibration.check(dataFolder: folder, catalog: catalog, options: options)
    for summary in check.summaries where summary.model == nil && summary.quantity != "power" {
      #expect(summary.meanError < 0.02, "\(summary)")
    }
    #expect(check.usedByFit == 0)
    let report = try FleetCalibration.fit(
      dataFolder: folder.appending(path: "benchmarks"), catalog: catalog, options: Self.options())
    try LogFixtures.folder([("own.fit.yaml", report.fitText)]) { scratch in
      options.fitPath = scratch.appending(path: "own.fit.yaml").path
      let own = try FleetCalibration.check(
        dataFolder: folder.appending(path: "benchmarks"), catalog: catalog, options: options)
      #expect(own.usedByFit > 0)
      #expect(Set(own.rows.map(\.place)).count == 2)
      #expect(own.summaries.allSatisfy { $0.meanError < 0.05 })
      let json = try JSONSerialization.jsonObject(with: own.json()) as? [String: Any]
      #expect((json?["rows"] as? [Any])?.count == own.rows.count)
      #expect(json?["rows_used_by_fit"] as? Int == own.usedByFit)
    }
  }

  @Test func `a scenario's pool is served with the numbers of the file that it names`() throws {
    let catalog = try LogFixtures.catalog()
    let path = try Self.logs.get().appending(path: "truth.fit.yaml").path
    func scenario(_ gpu: String, _ line: String) throws -> Scenario {
      let text = """
        seed: 1
        workload: {requests: 2, arrivals: {process: closed-loop, concurrency: 1}, \
        tasks: [{name: a, prompt: 1, output: 1}]}
        fleet:
          pools:
            - {name: a, model: llama-3.1-8b, gpu: \(gpu), replicas: 1\(line)}
        arms: [{name: a, model: llama-3.1-8b, strategy: direct}]
        policies: [{name: a, choose: {arm: a}, route: least-loaded}]
        """
      return try Scenario.parse(text: text, file: "a.yaml", catalog: catalog)
    }
    let own = try scenario("h100-sxm", ", calibration: \"\(path)\"")
    let shipped = try scenario("h100-sxm", "")
    #expect(own.pools[0].replica.parameters.engine == (try Self.truth()).engine)
    #expect(own.pools[0].replica.parameters.engine != shipped.pools[0].replica.parameters.engine)
    #expect(own.calibrationSHA256 != shipped.calibrationSHA256)
    let wrong = #expect(throws: InputError.self) {
      try scenario("l40s", ", calibration: \"\(path)\"")
    }
    #expect(wrong?.problem.contains("is a fit of h100-sxm") == true)
    let missing = #expect(throws: InputError.self) {
      try scenario("h100-sxm", ", calibration: nothing.fit.yaml")
    }
    #expect(missing?.description.contains("a.yaml:5") == true)
  }
}
