import DeviceModels
import Foundation
import Scenarios
import TestSupport
import Testing

@testable import Calibration

/// Published tables in the hands of `calibrate check`: the same rows as the shipped fits have.
@Suite struct PublishedRowsTests {
  static func record(
    _ model: String, gpus: Int, _ parallelization: String, rows: Double = 8,
    task: String = "lm-arena-chat"
  ) -> String {
    """
    {"model_id": "\(model)", "task": "\(task)", "configurations": [
      {"avg_batch_size": \(rows), "avg_output_len": 800.0, "avg_power_watts": 4000.0,
       "gpu_model": "H100", "median_itl_ms": 20.0, "num_gpus": \(gpus),
       "parallelization": {\(parallelization)}, "output_throughput_tokens_per_sec": 400.0}]}
    """
  }

  static func windows(
    _ files: [(String, String)], engineArguments: String? = nil
  ) throws -> FleetData {
    let defaults = FleetDefaults(engineArguments: engineArguments)
    return try LogFixtures.folder(files) { folder in
      try FleetSetting(
        catalog: LogFixtures.catalog(), options: FleetFitOptions(defaults: defaults)
      )
      .data(folder, skipsUnknown: true)
    }
  }

  @Test func `experts that are spread share attention among all GPUs of the row`() throws {
    let spread = #""data_parallel": 1, "expert_parallel": 8, "tensor_parallel": 1"#
    let data = try Self.windows([
      ("a.json", Self.record("Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", gpus: 8, spread))
    ])
    let replica = try #require(data.windows.first).replica
    #expect(replica.layout == ReplicaLayout(tensorParallelDegree: 8, distributesExperts: true))
    #expect(replica.name == "qwen3-235b-a22b-2507 fp8 tp8 ep")
  }

  @Test func `the same row in a table and in its record counts once`() throws {
    let spread = #""data_parallel": 1, "expert_parallel": 2, "tensor_parallel": 1"#
    let table = """
      task,model,avg_batch_size,avg_output_len,avg_power_watts,gpu_model,median_itl_ms,\
      num_gpus,output_throughput_tokens_per_sec,data_parallel,expert_parallel,tensor_parallel
      lm-arena-chat,Qwen/Qwen3-30B-A3B-Instruct-2507,8,800,4000,H100,20,2,400,1,2,1

      """
    let data = try Self.windows([
      ("a.json", Self.record("Qwen/Qwen3-30B-A3B-Instruct-2507", gpus: 2, spread)),
      ("flat.csv", table),
    ])
    #expect(data.windows.count == 1)
    #expect(data.windows.first?.wattsPerGPU == 2000)
  }

  @Test func `questions of one kind are narrow traffic, unless the user says what it is`() throws {
    let alone = #""data_parallel": 1, "expert_parallel": 1, "tensor_parallel": 1"#
    func traffic(_ task: String, _ arguments: String?) throws -> ExpertTraffic? {
      let text = Self.record("Qwen/Qwen3-30B-A3B-Instruct-2507", gpus: 1, alone, task: task)
      return try Self.windows([("a.json", text)], engineArguments: arguments)
        .windows.first?.replica.layout.expertTraffic
    }
    #expect(try traffic("gpqa", nil) == .narrow)
    #expect(try traffic("lm-arena-chat", nil) == .mixed)
    #expect(try traffic("gpqa", "--max-num-seqs 64") == .narrow)
    #expect(try traffic("gpqa", "--expert-traffic mixed") == .mixed)
    #expect(try traffic("lm-arena-chat", "--expert-traffic narrow") == .narrow)
  }

  @Test func `a wrong option of the engine is told as such, not as a log's fault`() throws {
    let alone = #""data_parallel": 1, "expert_parallel": 1, "tensor_parallel": 1"#
    for (arguments, words) in [
      ("--max-num-sqs 3", "--engine-args: unknown option \"--max-num-sqs\""),
      ("--max-num-seqs abc", "--engine-args: --max-num-seqs is \"abc\""),
    ] {
      let error = #expect(throws: InputError.self) {
        try Self.windows(
          [("a.json", Self.record("Qwen/Qwen3-14B", gpus: 1, alone))], engineArguments: arguments)
      }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "none")")
    }
  }

  @Test func `what the engine was told and no model knows is remarked once`() throws {
    let alone = #""data_parallel": 1, "expert_parallel": 1, "tensor_parallel": 1"#
    let files = [8.0, 16].map {
      ("\($0).json", Self.record("Qwen/Qwen3-14B", gpus: 1, alone, rows: $0))
    }
    let data = try Self.windows(files, engineArguments: "--quantization awq")
    #expect(data.windows.count == 2)
    #expect(data.notes.filter { $0.contains("--quantization awq") }.count == 1)
  }

  @Test func `copies of the attention are left out with the reason`() throws {
    let copies = #""data_parallel": 4, "expert_parallel": 4, "tensor_parallel": 1"#
    let file = ("a.json", Self.record("Qwen/Qwen3-30B-A3B-Instruct-2507", gpus: 4, copies))
    let data = try Self.windows([file])
    #expect(data.windows.isEmpty)
    #expect(data.notes.contains { $0.contains("attention ran in 4 copies (data parallel)") })
    let error = #expect(throws: InputError.self) {
      try LogFixtures.folder([file]) {
        try FleetCalibration.fit(
          dataFolder: $0, catalog: LogFixtures.catalog(), options: FleetFitOptions())
      }
    }
    #expect(error?.description.contains("a.json") == true)
    #expect(error?.problem.contains("4 copies") == true)
  }

  @Test func `rows beyond the cache are told apart`() throws {
    let alone = #""data_parallel": 1, "expert_parallel": 1, "tensor_parallel": 1"#
    let data = try Self.windows([
      ("a.json", Self.record("Qwen/Qwen3-14B", gpus: 1, alone, rows: 64)),
      ("b.json", Self.record("Qwen/Qwen3-14B", gpus: 1, alone, rows: 2000)),
    ])
    #expect(
      data.windows.map(\.caveat) == [nil, "more in flight than the cache holds"])
    #expect(data.notes.contains { $0.contains("b.json has 1 rows apart") })
  }

  /// Nothing is known against a fleet's own rows: what it serves, and how, is its own affair.
  @Test func `rows of a fleet's own are never told apart`() throws {
    let table = """
      model,gpu,batch_rows,prompt_tokens,output_tokens,itl_ms
      Qwen/Qwen3-14B,H100,2000,400,800,160
      meta-llama/Llama-4-Scout-17B-16E-Instruct,B200,8,400,800,12

      """
    let data = try Self.windows([("own.csv", table)])
    #expect(data.windows.count == 2)
    #expect(data.windows.allSatisfy { $0.caveat == nil })
  }

  @Test func `how long the outputs were tells the context and the prompts of a row`() throws {
    let alone = #""data_parallel": 1, "expert_parallel": 1, "tensor_parallel": 1"#
    let spread = #""output_length_distribution": {"bins": [0, 1600], "counts": [8000]}, "#
    let record = Self.record("Qwen/Qwen3-14B", gpus: 1, alone)
    let known = record.replacing(
      #""gpu_model""#, with: spread + #""max_num_seqs": 8, "gpu_model""#)
    let data = try Self.windows([("a.json", known)])
    let window = try #require(data.windows.first)
    // 150 tokens of prompt, and E[L²]/2E[L] = 1600/3 for lengths spread evenly up to 1600.
    #expect(abs(window.contextTokens / (150 + 1600.0 / 3) - 1) < 0.02)
    #expect(abs(window.promptsPerIteration / (8 / 800.0) - 1) < 0.02)
    let broken = known.replacing("[0, 1600]", with: "[1600, 0]")
    let error = #expect(throws: InputError.self) { try Self.windows([("a.json", broken)]) }
    #expect(error?.problem == "output_length_distribution is no histogram")
  }

  @Test func `a fit file says what GPU its logs are of`() throws {
    let shipped = SharedData.packageRoot.appending(
      path: "calibration/gpus/l40s.fit.yaml"
    ).path
    let table = "batch_rows,prompt_tokens,output_tokens,itl_ms\n8,400,200,8.5\n"
    let options = FleetFitOptions(
      defaults: FleetDefaults(model: "qwen2.5-1.5b"), fitPath: shipped)
    let check = try LogFixtures.folder([("own.csv", table)]) {
      try FleetCalibration.check(
        dataFolder: $0, catalog: LogFixtures.catalog(), options: options)
    }
    #expect(Set(check.rows.map(\.gpu)) == ["l40s"])
  }

  @Test(
    .enabled(if: SharedData.isPresent, "needs the folder of measurements"),
    arguments: [("H100", "h100-sxm"), ("B200", "b200-sxm")])
  func `check and publications say the same of the same rows`(
    written: String, name: String
  ) throws {
    let catalog = try LogFixtures.catalog()
    let gpu = try catalog.devices.gpu(named: name)
    let parameters = try catalog.devices.parameters(gpu: name)
    let settings = try DeviceFitSettings(calibrationFolder: catalog.folder)
    let readers = ServingMeasurements(
      folder: SharedData.url("energy"), catalog: catalog.devices, settings: settings)
    let sets: [WeightFormat?] = [nil, .bfloat16, .fp8, .mxfp4]
    let rows = try sets.flatMap { try readers.mlEnergyVersion3(gpu: written, experts: $0) }
      .filter {
        try !$0.isHostStarved
          && !$0.overflowsCache(
            of: gpu, parameters, under: settings.engineDefaults)
      }
    let fit = EngineFit(gpu: gpu, parameters: parameters, lossScale: settings.lossScale)
    let published = try fit.iterationSeconds(rows, parameters.engine).sorted()
    let check = try FleetCalibration.check(
      dataFolder: SharedData.url("energy/mlenergy-v3"), catalog: catalog,
      options: FleetFitOptions())
    let checked = check.rows.filter {
      $0.quantity == "inter-token latency" && $0.gpu == name && $0.caveat == nil
    }
    #expect(checked.count == rows.count)
    // The check takes rows between whole numbers by both neighbors, the fits round.
    for (one, other) in zip(checked.map(\.predicted).sorted(), published) {
      #expect(abs(one / other - 1) < 0.01)
    }
  }
}
