import DeviceModels
import FleetEngine
import Scenarios
import Testing

/// The valid scenario with `engine_args` beside or in place of its `engine`, and with arguments
/// from the command line.
private func scenario(_ line: String? = nil, engine: String? = nil, _ arguments: [String] = [])
  throws -> Scenario
{
  let original = "engine: {max_num_seqs: 128, max_num_batched_tokens: 4096}"
  #expect(validText.contains(original))
  let parts = [
    engine.map { "engine: {\($0)}" }, line.map { "engine_args: >-\n        \($0)" },
  ].compactMap(\.self)
  let text = validText.replacing(
    original, with: parts.isEmpty ? original : parts.joined(separator: "\n      "))
  return try Scenario.parse(
    text: text, file: "s.yaml", catalog: catalog, engineArguments: arguments)
}

private func failure(_ line: String? = nil, engine: String? = nil, _ arguments: [String] = [])
  -> String
{
  do {
    _ = try scenario(line, engine: engine, arguments)
    return "none"
  } catch { return "\(error)" }
}

private func notModelled(_ scenario: Scenario) -> [String] {
  scenario.warnings.filter { $0.hasPrefix("pool small: ") }
}

struct EngineArgumentTests {
  @Test(
    "every way to write the same line means the same",
    arguments: [
      "--max-num-seqs 64 --max-num-batched-tokens 2048 --enable-prefix-caching -tp 2",
      "vllm serve Qwen/Qwen2.5-7B-Instruct --max-num-seqs=64 --max-num-batched-tokens=2048 "
        + "--enable-prefix-caching --tensor-parallel-size=2",
      "vllm serve qwen2.5-7b --max_num_seqs 64 --max_num_batched_tokens 2.048k "
        + "--enable_prefix_caching true --tensor_parallel_size 2",
      "HF_HOME=/data vllm serve --model 'Qwen/Qwen2.5-7B' --max-num-seqs \"64\" "
        + "--max-num-batched-tokens 2K --enable-prefix-caching=True -tp=2 --port 80 --host ::",
      "python3 -m vllm.entrypoints.openai.api_server --model /models/Qwen2.5-7B-Instruct "
        + "--max-num-seqs 64 --max-num-batched-tokens 2048 --enable-prefix-caching -tp 2 "
        + "--served-model-name a b --seed 3 --dtype bfloat16 --disable-log-requests",
    ])
  func forms(_ line: String) throws {
    let pool = try scenario(line).pools[0]
    #expect(pool.limits.batchRowLimit == 64 && pool.limits.iterationTokenBudget == 2048)
    #expect(pool.rules.cachesPrefixes && pool.gpusPerReplica == 2)
    #expect(notModelled(try scenario(line)).isEmpty)
  }

  @Test(arguments: [
    ("-ep", true), ("--enable-expert-parallel -tp 2", true),
    ("--no-enable-expert-parallel", false), ("-tp 2", false),
  ])
  func `whole experts on each GPU are an option of vLLM's`(line: String, isSpread: Bool) throws {
    #expect(try scenario(line).pools[0].replica.layout.distributesExperts == isSpread)
    #expect(notModelled(try scenario(line)).isEmpty)
  }

  @Test func `flags can be taken back, and every key of engine is an option`() throws {
    let line = """
      --no-enable-chunked-prefill --no-enable-prefix-caching --scheduling-policy priority \
      --kv-cache-dtype fp8_e4m3 --block-size 32 --gpu-memory-utilization 0.8 \
      --max-model-len auto --num-gpu-blocks-override 2000 --watermark 0.01 --max-waiting 9
      """
    let pool = try scenario(line).pools[0]
    #expect(!pool.rules.chunksPrefill && !pool.rules.cachesPrefixes)
    #expect(pool.rules.order == .priority && pool.rules.waitingLimit == 9)
    #expect(pool.limits.tokensPerBlock == 32 && pool.limits.kvBlockCount == 2000)
    #expect(pool.rules.watermarkBlocks == 20 && pool.limits.maxModelTokens == 32_768)
    #expect(pool.replica.model.bytesPerCacheElement == 1)
  }

  @Test func `what is not modelled is named, what does not matter is not`() throws {
    let line = """
      vllm serve Qwen/Qwen2.5-7B-Instruct-AWQ --quantization awq -O3 --enforce-eager --port 8000 \
      --pipeline-parallel-size 1 --trust-remote-code --no-enable-lora \
      --speculative-config '{"method": "ngram", "num_speculative_tokens": 4}' --api-key x y
      """
    #expect(
      notModelled(try scenario(line)) == [
        "pool small: Qwen/Qwen2.5-7B-Instruct-AWQ has quantized weights; those of qwen2.5-7b are "
          + "taken to be bf16",
        "pool small: engine arguments that are not modelled are left out of account: "
          + "--quantization awq, -O3, --enforce-eager, "
          + "--speculative-config {\"method\": \"ngram\", \"num_speculative_tokens\": 4}",
      ])
  }

  @Test(
    "a wrong line gets one clear error",
    arguments: [
      (
        "--max-num-seq 64",
        "s.yaml:19:20: unknown option \"--max-num-seq\" in fleet.pools[0].engine_args; expected "
          + "an option of vllm serve; did you mean \"--max-num-seqs\"?"
      ),
      (
        "--max-num-seqs many",
        "s.yaml:19:20: --max-num-seqs is \"many\" in fleet.pools[0].engine_args; expected a whole "
          + "number ≥ 1 and ≤ 65536"
      ),
      (
        "--max-num-seqs",
        "s.yaml:19:20: --max-num-seqs has no value in fleet.pools[0]; expected --max-num-seqs VALUE"
      ),
      (
        "--api-key 'x",
        "s.yaml:19:20: a quote is not closed in fleet.pools[0]; expected a vllm serve command line"
      ),
      (
        "vllm serve meta-llama/Llama-3.1-8B-Instruct",
        "s.yaml:19:20: model is meta-llama/Llama-3.1-8B-Instruct, that is llama-3.1-8b in "
          + "fleet.pools[0].engine_args; expected qwen2.5-7b, the model of pool small"
      ),
      (
        "qwen2.5-7b another",
        "s.yaml:19:20: \"another\" belongs to no option in engine_args in fleet.pools[0]; expected "
          + "options after the model"
      ),
      (
        "--no-enable-chunked-prefill --max-num-batched-tokens 4096",
        "s.yaml:19:20: --max-num-batched-tokens is 4096 in fleet.pools[0].engine_args; expected "
          + "at least max_model_len, 32768, where enable_chunked_prefill is false"
      ),
      (
        "-tp 16",
        "s.yaml:19:20: -tp is 16 in fleet.pools[0].engine_args; expected a whole number ≥ 1 and ≤ 8"
      ),
    ])
  func wrong(_ line: String, _ message: String) {
    #expect(failure(line) == message)
  }

  @Test func `what a pool says twice must agree`() throws {
    #expect(try scenario("--max-num-seqs 64", engine: "max_num_seqs: 64").pools.count == 2)
    #expect(
      failure("--max-num-seqs 64", engine: "max_num_seqs: 65")
        == "s.yaml:20:20: --max-num-seqs is 64, and fleet.pools[0].engine.max_num_seqs is 65 in "
        + "fleet.pools[0].engine_args; expected one value for max_num_seqs")
    let degree = validText.replacing(
      "replicas: 1}",
      with: "replicas: 1, tensor_parallel_size: 2, engine: {tensor_parallel_size: 4}}"
    )
    let error = #expect(throws: InputError.self) {
      try Scenario.parse(text: degree, file: "s.yaml", catalog: catalog)
    }
    #expect(
      error?.problem
        == "tensor_parallel_size is 4, and fleet.pools[1].tensor_parallel_size is 2")
  }

  @Test func `the command line takes the place of what the scenario says`() throws {
    let all = try scenario(nil, engine: nil, ["--max-num-seqs 32 --enable-prefix-caching"])
    #expect(all.pools.map(\.limits.batchRowLimit) == [32, 32])
    #expect(all.pools.map(\.rules.cachesPrefixes) == [true, true])
    // What it does not name stays.
    #expect(all.pools[0].limits.iterationTokenBudget == 4096)
    #expect(all.engineArguments == ["--max-num-seqs 32 --enable-prefix-caching"])
    let one = try scenario(
      nil, engine: nil, ["large=vllm serve Qwen/Qwen2.5-32B --max-num-seqs=16", "small=-tp 2"])
    #expect(one.pools.map(\.limits.batchRowLimit) == [128, 16])
    #expect(one.pools.map(\.gpusPerReplica) == [2, 1])
    #expect(
      failure(nil, engine: nil, ["lage=-tp 2"])
        == "--engine-args: no pool is called \"lage\"; expected one of small, large; did you mean "
        + "\"large\"?")
    #expect(
      failure(nil, engine: nil, ["--max-num-seqs x"])
        == "--engine-args: --max-num-seqs is \"x\"; expected a whole number ≥ 1 and ≤ 65536")
  }

  @Test func `a quick line takes them too, and its errors say whose they are`() throws {
    let line = "gpu=h100-sxm,model=qwen3-8b,concurrency=4,prompt=100,output=20"
    let quick = try QuickScenario.parse(
      line, catalog: catalog, engineArguments: ["--kv-cache-dtype fp8"])
    #expect(quick.pools[0].replica.model.bytesPerCacheElement == 1)
    let error = #expect(throws: InputError.self) {
      try QuickScenario.parse(line, catalog: catalog, engineArguments: ["--kv-cache-dtype fp9"])
    }
    #expect(
      error?.description
        == "--engine-args: --kv-cache-dtype is \"fp9\"; expected one of auto, bf16, fp8; did you "
        + "mean \"fp8\"?")
  }

  @Test(
    "a model is known by its publisher's name, wherever it lies",
    arguments: [
      ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "r1-distill-qwen-7b"),
      ("mistralai/Mistral-Nemo-Instruct-2407", "mistral-nemo-12b"),
      ("/srv/models/gemma-2-9b-it", "gemma-2-9b"), ("Qwen/Qwen3-8B", "qwen3-8b"),
      ("meta-llama/Meta-Llama-3.1-8B", "llama-3.1-8b"),
    ])
  func names(_ written: String, _ model: String) throws {
    let line = "gpu=h200-sxm,model=\(model),concurrency=4,prompt=100,output=20"
    let quick = try QuickScenario.parse(
      line, catalog: catalog, engineArguments: ["vllm serve \(written)"])
    #expect(!quick.warnings.contains { $0.contains(written) }, "\(quick.warnings)")
  }

  @Test func `a model that nobody knows is taken for the pool's, with a warning`() throws {
    #expect(
      notModelled(try scenario("vllm serve me/my-finetune")) == [
        "pool small: the engine arguments name the model me/my-finetune, which is in no data "
          + "sheet; it is taken to be qwen2.5-7b"
      ])
  }
}
