import AnswerModels
import DeviceModels
import FleetEngine
import Foundation
import Scenarios
import TestSupport
import Testing

/// A folder of its own with `config.json` files at paths in it, deleted at the end of `body`.
private func withConfigs<Result>(
  _ configs: [String: String], _ body: (String) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "joulefleet-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  for (path, text) in configs {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
  return try body(folder.path)
}

/// The valid scenario with its small model called otherwise, in the pool and in the arms.
private func scenario(
  pool: String, arm: String? = nil, file: String = "s.yaml", engineArguments: [String] = []
) throws -> Scenario {
  let arm = arm ?? pool
  let text = validText.replacing("model: qwen2.5-7b\n", with: "model: \(pool)\n")
    .replacing("model: qwen2.5-7b, strategy", with: "model: \(arm), strategy")
  return try Scenario.parse(
    text: text, file: file, catalog: catalog, engineArguments: engineArguments)
}

private func failure(_ body: () throws -> Scenario) -> String {
  do {
    return "none: \(try body().pools.map(\.modelName))"
  } catch { return "\(error)" }
}

struct ModelNameTests {
  @Test(arguments: ["Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-7B", "qwen/qwen2.5-7b-instruct"])
  func `a model goes by its Hugging Face id`(id: String) throws {
    let both = try scenario(pool: id)
    #expect(both.pools[0].modelName == "qwen2.5-7b")
    #expect(both.arms.map(\.modelName) == ["qwen2.5-7b", "qwen2.5-7b", "qwen2.5-32b"])
    #expect(try scenario(pool: "qwen2.5-7b", arm: id).arms[0].modelName == "qwen2.5-7b")
  }

  @Test func `the id of an 8-bit checkpoint brings weights of 8 bits`() throws {
    let model = try catalog.devices.model(named: "Qwen/Qwen3-30B-A3B-Thinking-2507-FP8")
    #expect(model.name == "qwen3-30b-a3b-2507" && model.weightFormat == .fp8)
    let pool = try scenario(pool: "RedHatAI/Qwen2.5-7B-Instruct-FP8-dynamic").pools[0]
    #expect(pool.replica.model.weightFormat == .fp8 && pool.modelName == "qwen2.5-7b")
  }

  @Test func `no two sheets share a name`() {
    let names = catalog.devices.models.flatMap(\.allNames).map { $0.lowercased() }
    #expect(Set(names).count == names.count)
  }

  @Test func `a name that is nearly right is suggested`() {
    #expect(
      failure { try scenario(pool: "Qwen/Qwen2.5-7B-Instuct") }
        == "s.yaml:16:14: model is \"Qwen/Qwen2.5-7B-Instuct\" in fleet.pools[0]; expected a "
        + "model of joulefleet list models, its Hugging Face id, or the path of a config.json; "
        + "did you mean \"Qwen/Qwen2.5-7B-Instruct\"?")
  }

  @Test func `a configuration takes the place of a sheet, from the scenario's folder`() throws {
    let odd = ConfigFixtures.qwen25.replacing(
      "\"num_hidden_layers\": 28", with: "\"num_hidden_layers\": 20")
    try withConfigs(["My Tune_1/config.json": odd]) { folder in
      let text = validText.replacing(
        "{task: mmlu, share: 0.5, difficulty: {beta: [2, 1]}}",
        with: "{name: a, prompt: 9, output: 9}"
      )
      .replacing(
        "{task: gsm8k, share: 0.5, prompt: {lognormal: {mean: 180, ln_sd: 0.5}, max: 900}}",
        with: "{name: b, prompt: 9, output: 9}"
      )
      .replacing("model: qwen2.5-7b\n", with: "model: My Tune_1/config.json\n")
      .replacing("model: qwen2.5-7b, strategy", with: "model: My Tune_1/config.json, strategy")
      let scenario = try Scenario.parse(text: text, file: "\(folder)/s.yaml", catalog: catalog)
      #expect(scenario.pools[0].modelName == "my-tune_1")
      #expect(scenario.pools[0].replica.model.layerCount == 20)
      #expect(scenario.arms[0].modelName == "my-tune_1")
    }
  }

  @Test func `a checkpoint's folder in the shape of a sheet is that model`() throws {
    let path = "hub/models--Qwen--Qwen2.5-7B-Instruct/snapshots/0a1b/config.json"
    let odd = ConfigFixtures.qwen25.replacing("3584", with: "1792")
    try withConfigs([path: ConfigFixtures.qwen25, "Qwen2.5-7B/config.json": odd]) { folder in
      // Tasks have figures for it by its name.
      let known = try scenario(pool: "\(folder)/\(path)")
      #expect(known.pools[0].modelName == "qwen2.5-7b")
      #expect(
        failure { try scenario(pool: "\(folder)/Qwen2.5-7B/config.json") }.contains(
          "/Qwen2.5-7B/config.json is not that of qwen2.5-7b, whose name it has"))
    }
  }

  @Test func `a path that leads nowhere, and a broken file, are told by their names`() throws {
    let message = failure { try scenario(pool: "/nowhere/config.json") }
    #expect(message.hasPrefix("s.yaml:16:14: /nowhere/config.json: no such file in fleet.pools[0]"))
    let hybrid = ConfigFixtures.llama.replacing("\"llama\"", with: "\"mamba2\"")
    try withConfigs(["a/config.json": hybrid]) { folder in
      #expect(
        failure { try scenario(pool: "\(folder)/a/config.json") }
          .hasPrefix("\(folder)/a/config.json:1:15: the architecture \"mamba2\" is not modelled"))
    }
  }

  @Test func `two models of one name are told apart or refused`() throws {
    let other = ConfigFixtures.qwen25.replacing(
      "\"num_hidden_layers\": 28", with: "\"num_hidden_layers\": 20")
    try withConfigs(["a/m/config.json": ConfigFixtures.qwen25, "b/m/config.json": other]) {
      folder in
      let text = validText.replacing(
        "model: qwen2.5-7b\n", with: "model: \(folder)/a/m/config.json\n"
      )
      .replacing("model: qwen2.5-32b, gpu", with: "model: \(folder)/b/m/config.json, gpu")
      let message = failure { try Scenario.parse(text: text, file: "s.yaml", catalog: catalog) }
      #expect(
        message.contains("pools small and large have models of one name, m, and of different"))
    }
  }
}

struct WeightFormatTests {
  private func pool(_ arguments: String) throws -> PoolSpecification {
    try scenario(pool: "qwen2.5-7b", engineArguments: ["small=\(arguments)"]).pools[0]
  }

  @Test(arguments: ["--quantization fp8", "-q fp8", "vllm serve me/Qwen2.5-7B-Instruct-FP8"])
  func `weights of 8 bits leave more room for the cache, and a warning`(line: String) throws {
    let (plain, small) = (try pool("--block-size 16"), try pool(line))
    #expect(small.replica.model.weightFormat == .fp8)
    // 6,525,618,176 projection weights a byte less each; blocks of 16 · 57,344 bytes.
    let more = small.limits.kvBlockCount - plain.limits.kvBlockCount
    #expect(abs(Double(more) - 6_525_618_176 / (16 * 57_344)) <= 1)
    let outside = "qwen2.5-7b on h100-sxm: dense-fp8, engine fitted on"
    #expect(small.replica.standingExtrapolations.contains { $0.hasPrefix(outside) })
    #expect(!plain.replica.standingExtrapolations.contains { $0.contains("fitted on dense") })
  }

  @Test func `a checkpoint keeps its format unless it is told otherwise`() throws {
    let id = "RedHatAI/Qwen2.5-7B-Instruct-FP8-dynamic"
    func format(_ arguments: [String]) throws -> WeightFormat {
      try scenario(pool: id, engineArguments: arguments).pools[0].replica.model.weightFormat
    }
    #expect(try format([]) == .fp8)
    #expect(try format(["--quantization None"]) == .fp8)
    #expect(try format(["small=--quantization bf16"]) == .bfloat16)
  }

  @Test func `formats that are not modelled are left out of a line and refused in a scenario`()
    throws
  {
    let warnings = try pool("--quantization gptq_marlin").warnings
    #expect(warnings.contains { $0.hasSuffix("left out of account: --quantization gptq_marlin") })
    func message(_ name: String) -> String {
      failure {
        try Scenario.parse(
          text: validText.replacing("max_num_seqs: 128,", with: "quantization: \(name),"),
          file: "s.yaml", catalog: catalog)
      }
    }
    #expect(
      message("awq")
        == "s.yaml:19:30: quantization is \"awq\" in fleet.pools[0].engine; expected one of auto, "
        + "bf16, fp8, mxfp4")
    #expect(message("mxfp4").contains("quantization is mxfp4, and qwen2.5-7b has no experts"))
  }
}

struct GPUNameTests {
  @Test(arguments: ["NVIDIA H100 80GB HBM3", "nvidia h100 80gb hbm3", "h100-sxm"])
  func `a GPU goes by its name in nvidia-smi`(name: String) throws {
    let text = validText.replacing("gpu: h100-sxm\n", with: "gpu: \(name)\n")
    let scenario = try Scenario.parse(text: text, file: "s.yaml", catalog: catalog)
    #expect(scenario.pools[0].replica.gpu.name == "h100-sxm")
    let line = "model=qwen2.5-7b,concurrency=2,prompt=9,output=9,gpu="
    let quick = try QuickScenario.parse(line + name, catalog: catalog)
    #expect(
      try QuickScenario.parse(line + "h100-sxm", catalog: catalog).sha256 == quick.sha256)
  }

  @Test func `a GPU without a fit is known, and refused`() throws {
    let unfitted = catalog.devices.gpus.filter { !catalog.devices.gpuNames.contains($0.name) }
    #expect(!catalog.devices.gpuNames.isEmpty)
    for gpu in unfitted {
      let text = validText.replacing("gpu: h100-sxm\n", with: "gpu: \(gpu.name)\n")
      let message = failure { try Scenario.parse(text: text, file: "s.yaml", catalog: catalog) }
      #expect(message.contains("\(gpu.name) has a data sheet and no fit of its time and power"))
    }
  }
}
