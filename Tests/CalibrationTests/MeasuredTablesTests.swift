import DeviceModels
import Foundation
import Scenarios
import TestSupport
import Testing

@testable import Calibration

/// Tables in the harness's schema, made up.
@Suite struct MeasuredTablesTests {
  static let gpu = "h100-sxm"

  /// Products of a GPU that reaches 60 % of its arithmetic and 75 % of its bandwidth with 4 us.
  static func kernels() throws -> String {
    let sheet = try LogFixtures.catalog().devices.gpu(named: gpu)
    var text = "run,op,measurement,dtype,tokens,out_features,in_features,time_s,power_w\n"
    for (width, depth) in [(4096, 4096), (14_336, 4096), (4096, 14_336), (6144, 4096)] {
      for m in [1, 8, 64, 256, 1024, 8192] {
        let flop = 2 * Double(m * width * depth)
        let bytes = 2 * Double(width * depth + m * (width + depth))
        let compute = flop / sheet.peakBF16FlopsPerSecond / 0.6
        let memory = bytes / sheet.memoryBytesPerSecond / 0.75
        let seconds = 4e-6 + (compute * compute + memory * memory).squareRoot()
        text += "1,gemm,sustained,bf16,\(m),\(width),\(depth),\(seconds),500\n"
      }
    }
    return text + "1,copy,burst,bf16,,,,1e-3,\n"
  }

  /// Energy of 20 s after work that settles at `watts`.
  static func idle(_ phase: String, _ watts: Double) -> String {
    (0...20).map { second in
      let joules = watts * Double(second) + 100 * min(Double(second), 8)
      return "1,\(phase),\(second),\(joules)\n"
    }.joined()
  }

  static func withCalibration<Value>(_ body: (URL) throws -> Value) throws -> Value {
    try LogFixtures.folder(
      [
        ("measured/h100-sxm/kernels.csv", kernels()),
        (
          "measured/h100-sxm/idle.csv",
          "run,phase,time_s,energy_j\n" + idle("weights", 119) + idle("before", 71)
        ),
      ], body)
  }

  @Test func `a folder of the harness gives calls by kind, and power at rest`() throws {
    try Self.withCalibration { folder in
      let tables = try #require(
        try MeasuredTables(gpu: Self.gpu, calibrationFolder: folder))
      #expect(tables.rows(of: .matrixProducts).count == 24)
      #expect(tables.rows(of: .decodeAttention).isEmpty)
      #expect(abs((tables.idlePower ?? 0) - 119) < 1e-9)
      #expect(abs((tables.unloadedIdlePower ?? 0) - 71) < 1e-9)
      #expect(try MeasuredTables(gpu: "l40s", calibrationFolder: folder) == nil)
    }
  }

  @Test func `what it measured takes the place of what was published`() throws {
    try Self.withCalibration { folder in
      let catalog = try LogFixtures.catalog()
      let settings = try DeviceFitSettings(calibrationFolder: catalog.folder)
      let gpu = try catalog.devices.gpu(named: Self.gpu)
      let published = try catalog.devices.fit(
        path: catalog.folder.appending(path: "gpus/h100-sxm.fit.yaml").path)
      var fit = GPUFit(gpu: gpu)
      fit.parameters = published.parameters
      var step = MeasuredStep(settings: settings, calibrationFolder: folder)
      try step.run(&fit)
      #expect(abs(fit.parameters.kernels.gemmComputeEfficiency - 0.6) < 0.01)
      #expect(abs(fit.parameters.kernels.gemmBandwidthEfficiency - 0.75) < 0.01)
      #expect(abs(fit.parameters.kernels.gemmLatency - 4e-6) < 2e-7)
      #expect(fit.notes["matrix_products"]?.source.hasPrefix("measured/h100-sxm") == true)
      // No decode attention was measured: the published one stays.
      #expect(
        fit.parameters.kernels.decodeAttentionLatency
          == published.parameters.kernels.decodeAttentionLatency)
      #expect(step.surfaces.map(\.kind) == [.matrixProducts])
      // The roofline is the truth here, so that the surface over it is flat.
      let surface = try #require(fit.parameters.kernels.surfaces[.matrixProducts])
      #expect(surface.values.allSatisfy { abs($0) < 0.02 })
    }
  }
}

/// A serving run in the harness's schema, short enough to follow by hand.
@Suite struct HarnessReplayTests {
  static let conditions = """
    {"format": 1, "runs": [], "serving": {"toy": {"model": "llama-3.1-8b", "batch_rows": 4,
     "iteration_tokens": 64, "tokens_per_block": 16, "kv_blocks": 64, "sequence_tokens": 256}}}
    """

  /// Two requests at once: both prompts, two tokens each in pairs, then one alone.
  static let iterations = """
    run,scenario,iteration,start_s,duration_s,decode_rows,decode_context_tokens,prefill_chunks,prefill_tokens,prefill_attention_pairs
    1,toy,0,5.0,0.010,0,0,2,12,46
    1,toy,1,5.010,0.008,2,14,0,0,0
    1,toy,2,5.018,0.008,1,10,0,0,0

    """

  static let requests = """
    run,scenario,request,arrival_s,prompt_tokens,output_tokens,first_scheduled_s,first_token_s,end_s,preemptions
    1,toy,0,5.0,8,3,5.0,5.010,5.026,0
    1,toy,1,5.0,4,2,5.0,5.010,5.018,0

    """

  static let energy = """
    run,scenario,time_s,energy_j
    1,toy,4.0,1000
    1,toy,6.0,1600

    """

  @Test func `the requests of a log are served in the iterations of the log`() throws {
    try LogFixtures.folder([
      ("conditions.json", Self.conditions), ("serving_iterations.csv", Self.iterations),
      ("serving_requests.csv", Self.requests), ("serving_energy.csv", Self.energy),
    ]) { folder in
      let run = try #require(try HarnessServing.runs(in: folder).first)
      #expect(run.requests.count == 2)
      // 26 ms of 300 W.
      #expect(abs((run.joules(from: 5, to: 5.026) ?? 0) - 7.8) < 1e-9)
      let replay = try HarnessReplay(
        run, gpu: "h100-sxm", devices: LogFixtures.catalog().devices)
      #expect(replay.iterationErrors.count == 3)
      let found = Dictionary(
        uniqueKeysWithValues: try replay.comparisons().map { ($0.quantity, $0) })
      #expect(found["iterations"]?.predicted == 3)
      // The three shapes of the log, predicted one by one, are those of the run.
      let times = zip(replay.iterationErrors, run.iterations).map { (1 + $0) * $1.seconds }
      let mean = times.reduce(0, +) / 3
      #expect(abs((found["iteration time"]?.predicted ?? 0) / mean - 1) < 0.01)
      #expect(abs((found["time to first token"]?.predicted ?? 0) / times[0] - 1) < 0.01)
      #expect(abs((found["iteration time"]?.measured ?? 0) - 0.026 / 3) < 1e-9)
      #expect((found["energy"]?.predicted ?? 0) > 0)
    }
  }

  @Test func `a folder without serving runs has none`() throws {
    let runs = try LogFixtures.folder([("kernels.csv", "op\n")]) {
      try HarnessServing.runs(in: $0)
    }
    #expect(runs.isEmpty)
  }

  /// GPUs whose folder the harness filled with serving runs.
  static let measured: [(gpu: String, folder: URL)] = {
    let root = SharedData.packageRoot.appending(path: "calibration/measured")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return names.sorted().map { ($0, root.appending(path: $0)) }.filter {
      FileManager.default.fileExists(
        atPath: $0.1.appending(path: "serving_requests.csv").path)
    }
  }()

  @Test(.enabled(if: !measured.isEmpty, "no GPU was measured by the harness yet"))
  func `logged serving runs are near when they are replayed`() throws {
    for (gpu, folder) in Self.measured {
      for run in try HarnessServing.runs(in: folder) {
        let replay = try HarnessReplay(run, gpu: gpu, devices: LogFixtures.catalog().devices)
        for comparison in try replay.comparisons() {
          #expect(abs(comparison.error) < 0.3, "\(gpu) \(run.name) \(comparison)")
        }
      }
    }
  }
}
