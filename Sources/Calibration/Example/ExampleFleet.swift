internal import DeviceModels
internal import FleetEngine
public import Foundation
internal import Quantities
public import Scenarios

/// One benchmark run of an example: so many requests in flight to one model.
public struct ExampleRun: Hashable, Sendable {
  public var model: String
  public var concurrency: Int
  public var requests: Int

  public init(model: String, concurrency: Int, requests: Int) {
    self.model = model
    self.concurrency = concurrency
    self.requests = requests
  }
}

/// Logs of a fleet that was never there: simulated with known numbers, so that a fit can be seen
/// to find them.
public struct ExampleFleet: Sendable {
  /// GPU, lengths, and the runs of benchmarks and of the engine whose metrics are scraped.
  public struct Plan: Sendable {
    public var gpu = "h100-sxm"
    public var promptTokens = 400
    public var outputTokens = 150
    /// On one clock, one after another.
    public var benchmarks: [ExampleRun] =
      [1, 2, 6, 16, 48].map {
        ExampleRun(model: "llama-3.1-8b", concurrency: $0, requests: 20 * $0 + 10)
      }
      + [1, 4, 12].map {
        ExampleRun(model: "qwen2.5-32b", concurrency: $0, requests: 12 * $0 + 8)
      }
    /// What engine metrics and GPU counters tell of, without requests.
    public var scraped: [ExampleRun] = [1, 3, 8, 24, 64].map {
      ExampleRun(model: "llama-3.1-8b", concurrency: $0, requests: 20 * $0 + 15)
    }
    public var seed: UInt64 = 1

    public init() {}
  }

  let plan: Plan
  let catalog: Catalog
  let truth: ExampleTruth

  /// Throws an `InputError` where the calibration folder lacks what the example is made of.
  public init(plan: Plan = Plan(), catalog: Catalog) throws {
    self.plan = plan
    self.catalog = catalog
    truth = try ExampleTruth(gpu: plan.gpu, catalog: catalog)
  }

  /// Writes `truth.fit.yaml` and the folders `benchmarks` and `metrics` into `folder`.
  public func write(to folder: URL) throws {
    let files = FileManager.default
    for name in ["benchmarks", "metrics"] {
      try files.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    let truthFile = folder.appending(path: "truth.fit.yaml")
    try Data(truth.fitText.utf8).write(to: truthFile)
    let fitPath = truthFile.path
    func simulate(_ runs: [ExampleRun], _ name: String) throws -> [SimulatedRun] {
      try runs.enumerated().map { index, run in
        try self.simulate(run, seed: plan.seed + UInt64(index), name: name, fitPath: fitPath)
      }
    }
    let benchmarks = ExampleTimeline(try simulate(plan.benchmarks, "benchmark"), truth)
    try BenchmarkLogs(timeline: benchmarks, truth: truth)
      .write(to: folder.appending(path: "benchmarks"))
    let scraped = ExampleTimeline(try simulate(plan.scraped, "scraped"), truth)
    try ScrapedLogs(timeline: scraped, truth: truth).write(to: folder.appending(path: "metrics"))
  }

  private func simulate(
    _ run: ExampleRun, seed: UInt64, name: String, fitPath: String
  ) throws -> SimulatedRun {
    let text = """
      seed: \(seed)
      workload:
        requests: \(run.requests)
        arrivals: {process: closed-loop, concurrency: \(run.concurrency)}
        tasks:
          - name: \(name)
            prompt: {lognormal: {mean: \(plan.promptTokens), ln_sd: 0.5}}
            output: {lognormal: {mean: \(plan.outputTokens), ln_sd: 0.4}}
      fleet:
        pools:
          - name: \(name)
            model: \(run.model)
            gpu: \(plan.gpu)
            replicas: 1
            calibration: "\(fitPath)"
      arms: [{name: \(name), model: \(run.model), strategy: direct}]
      policies: [{name: \(name), choose: {arm: \(name)}, route: least-loaded}]
      measurement: {series_interval: 100 ms}
      """
    let prepared = try Scenario.parse(text: text, file: "example.yaml", catalog: catalog)
      .prepare(policy: 0)
    var recorder = ExampleRecorder()
    _ = try FleetSimulation(
      fleet: prepared.fleet, answers: prepared.answers, estimator: prepared.estimator,
      policy: prepared.makePolicy()
    ).run(prepared.makeSource(), observer: &recorder)
    return SimulatedRun(
      run: run, records: recorder.records.filter { $0.outcome == .completed },
      intervals: recorder.intervals)
  }
}

/// Keeps what a run reports.
private struct ExampleRecorder: RunObserver {
  var records: [RequestRecord] = []
  var intervals: [FleetInterval] = []

  mutating func requestEnded(_ record: RequestRecord) { records.append(record) }
  mutating func intervalEnded(_ interval: FleetInterval) { intervals.append(interval) }
}

/// A run with its records and its energy.
struct SimulatedRun {
  let run: ExampleRun
  let records: [RequestRecord]
  let intervals: [FleetInterval]

  var seconds: Double { intervals.reduce(0) { $0 + $1.duration.seconds } }
}

/// The numbers behind an example.
struct ExampleTruth: Sendable {
  let fitText: String
  let idlePower: Double
  let clientOverhead, gapNoise, powerNoise, clockOffset: Double

  init(gpu: String, catalog: Catalog) throws {
    let shipped = try catalog.devices.fit(
      path: catalog.folder.appending(path: "gpus/\(gpu).fit.yaml").path)
    let path = catalog.folder.appending(path: "fleet-fit.yaml").path
    let numbers = try FleetFitSettings(calibrationFolder: catalog.folder).example
    func number(_ key: String) throws -> Double {
      guard let value = numbers[key]?.value else {
        throw InputError(file: path, keyPath: "example", problem: "missing key \"\(key)\"")
      }
      return value
    }
    var fit = GPUFit(gpu: try catalog.devices.gpu(named: gpu))
    fit.parameters = shipped.parameters
    fit.surfaceSources = shipped.surfaceSources
    for parameter in FleetParameter.engine + FleetParameter.power {
      guard let value = numbers[parameter.name]?.value else { continue }
      fit.parameters[keyPath: parameter.path] = value
    }
    // A kernel that uses nothing keeps its share of idle power.
    let idle = try number("idle")
    fit.parameters.power.kernelFloorPower *= idle / fit.parameters.power.idlePower
    fit.parameters.power.idlePower = idle
    for section in DeviceFitSchema.sections {
      fit.notes[section.name] = SectionNote(source: "made up for an example")
    }
    fitText = fit.yaml(.example)
    idlePower = idle
    clientOverhead = try number("client_overhead")
    gapNoise = try number("gap_noise")
    powerNoise = try number("power_noise")
    clockOffset = try number("clock_offset")
  }
}
